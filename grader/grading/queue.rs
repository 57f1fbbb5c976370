//! Workers that take one task after the other.

use std::any::Any;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;

/// Does `work` for each of `tasks`, `workers` at the same time. `each` is told of what is done, in the order in which it
/// comes, on this thread. Its first error ends all: what has begun is finished, and forgotten.
///
/// # Errors
/// That of `each`.
pub fn run<T: Sync, R: Send, E>(
    tasks: &[T],
    workers: usize,
    work: impl Fn(&T) -> R + Sync,
    mut each: impl FnMut(&T, R) -> Result<(), E>,
) -> Result<(), E> {
    let next = AtomicUsize::new(0);
    // Bounded: who is quicker than the disk has to wait for it.
    let (done, results) = mpsc::sync_channel(workers);
    thread::scope(|scope| {
        for _ in 0..tasks.len().min(workers) {
            let (done, next, work) = (done.clone(), &next, &work);
            scope.spawn(move || {
                while let Some(task) = tasks.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if done.send((task, work(task))).is_err() {
                        break;
                    }
                }
            });
        }
        drop(done);
        results
            .into_iter()
            .try_for_each(|(task, result)| each(task, result))
    })
}

/// What a panic says.
pub fn message(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("without a word")
}

#[cfg(test)]
mod tests {
    use super::run;

    #[test]
    fn everything_is_done_once() {
        let tasks: Vec<u32> = (0..100).collect();
        for workers in [1, 3, 200] {
            let mut done = Vec::new();
            let all: Result<(), ()> = run(
                &tasks,
                workers,
                |task| task * 2,
                |task, result| {
                    assert_eq!(result, task * 2);
                    done.push(*task);
                    Ok(())
                },
            );
            assert_eq!(all, Ok(()));
            done.sort_unstable();
            assert_eq!(done, tasks);
        }
    }

    #[test]
    fn an_error_ends_it() {
        let tasks: Vec<u32> = (0..10_000).collect();
        let ended = run(&tasks, 2, |task| *task, |_, _| Err("full"));
        assert_eq!(ended, Err("full"));
    }
}
