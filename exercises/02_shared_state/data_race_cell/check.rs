//! What a correct board shows, whoever comes first.

use super::Board;
use std::thread;

/// What an answer offers, with exactly these types: any other type could say that it is equal to everything.
const _: (fn() -> Board, fn(&Board, usize)) = (Board::new, Board::show);
const _: fn(&Board) -> Option<usize> = Board::read;

/// Nobody films yet.
pub fn a_board_is_empty_and_then_it_is_not() {
    let board = Board::new();
    assert_eq!(board.read(), None, "before the drawing the board is empty");
    board.show(49);
    assert_eq!(board.read(), Some(49), "the number 49 was drawn");
    assert_eq!(board.read(), Some(49), "reading must not wipe the board");
}

/// The number is drawn while a camera films the board.
pub fn one_draws_and_one_films() {
    let board = Board::new();
    let seen = thread::scope(|studio| {
        let painter = studio.spawn(|| board.show(7));
        let camera = studio.spawn(|| board.read());
        painter.join().unwrap();
        camera.join().unwrap()
    });
    if let Some(number) = seen {
        assert_eq!(number, 7, "7 was drawn, but the camera saw {number}");
        std::__threadlings::reach("the camera sees the number");
    } else {
        std::__threadlings::reach("the camera sees the empty board");
    }
    assert_eq!(board.read(), Some(7), "7 was drawn, so the board shows it");
}

/// The number is drawn while two cameras film the board, one of them twice.
pub fn one_draws_and_two_film() {
    let board = Board::new();
    thread::scope(|studio| {
        let painter = studio.spawn(|| board.show(7));
        let other_camera = studio.spawn(|| board.read());
        let (first, second) = (board.read(), board.read());
        assert!(
            first.is_none() || second == first,
            "a camera saw {first:?} on the board, and then {second:?}"
        );
        painter.join().unwrap();
        other_camera.join().unwrap();
    });
}
