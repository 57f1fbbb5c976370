//! What a correct board shows, whoever comes first.

use super::Board;
use std::thread;

/// What an answer offers, with exactly these types: any other type could say that it is equal to everything.
const _: (fn() -> Board, fn(&Board, usize)) = (Board::new, Board::show);
const _: fn(&Board) -> Option<usize> = Board::read;

/// Nobody films yet.
pub fn a_board_is_empty_and_then_it_is_not() {
    let board: Board = Board::new();
    let number: Option<usize> = Board::read(&board);
    assert_eq!(number, None, "before the drawing the board is empty");
    Board::show(&board, 49);
    let number: Option<usize> = Board::read(&board);
    assert_eq!(number, Some(49), "the number 49 was drawn");
    let number: Option<usize> = Board::read(&board);
    assert_eq!(number, Some(49), "reading must not wipe the board");
}

/// The number is drawn while a camera films the board.
pub fn one_draws_and_one_films() {
    let board: Board = Board::new();
    let seen: Option<usize> = thread::scope(|studio| {
        let painter = studio.spawn(|| Board::show(&board, 7));
        let camera = studio.spawn(|| Board::read(&board));
        painter.join().unwrap();
        camera.join().unwrap()
    });
    if let Some(number) = seen {
        assert_eq!(number, 7, "7 was drawn, but the camera saw {number}");
        std::__threadlings::reach("the camera sees the number");
    } else {
        std::__threadlings::reach("the camera sees the empty board");
    }
    let number: Option<usize> = Board::read(&board);
    assert_eq!(number, Some(7), "7 was drawn, so the board shows it");
}

/// The number is drawn while two cameras film the board, one of them twice.
pub fn one_draws_and_two_film() {
    let board: Board = Board::new();
    thread::scope(|studio| {
        let painter = studio.spawn(|| Board::show(&board, 7));
        let other_camera = studio.spawn(|| Board::read(&board));
        let (first, second): (Option<usize>, Option<usize>) =
            (Board::read(&board), Board::read(&board));
        assert!(
            first.is_none() || second == first,
            "a camera saw {first:?} on the board, and then {second:?}"
        );
        painter.join().unwrap();
        other_camera.join().unwrap();
    });
}
