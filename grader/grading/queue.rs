//! Workers that take one task after the other.

use std::any::Any;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;

/// Does `work` for each of `tasks`, `workers` at the same time. A worker takes `batch` tasks that follow each other, and
/// prepares them together. `each` is told of what is done, in the order in which it comes, on this thread. Its first error
/// ends all: what has begun is finished, and forgotten.
///
/// # Errors
/// That of `each`.
pub fn run<T: Sync, P, R: Send, E>(
    tasks: &[T],
    batch: usize,
    workers: usize,
    prepare: impl Fn(&[T]) -> Vec<P> + Sync,
    work: impl Fn(&T, P) -> R + Sync,
    mut each: impl FnMut(&T, R) -> Result<(), E>,
) -> Result<(), E> {
    let batches: Vec<&[T]> = tasks.chunks(batch.max(1)).collect();
    let next = AtomicUsize::new(0);
    // Bounded: who is quicker than the disk has to wait for it.
    let (done, results) = mpsc::sync_channel(workers);
    thread::scope(|scope| {
        for _ in 0..batches.len().min(workers) {
            let (done, next, batches) = (done.clone(), &next, &batches);
            let (prepare, work) = (&prepare, &work);
            scope.spawn(move || {
                while let Some(batch) = batches.get(next.fetch_add(1, Ordering::Relaxed)) {
                    for (task, prepared) in batch.iter().zip(prepare(batch)) {
                        if done.send((task, work(task, prepared))).is_err() {
                            return;
                        }
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
        for (batch, workers) in [(1, 1), (1, 3), (7, 3), (30, 200)] {
            let mut done = Vec::new();
            let all: Result<(), ()> = run(
                &tasks,
                batch,
                workers,
                |batch| batch.iter().map(|task| task + 1).collect(),
                |task, prepared| task + prepared - 1,
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
        let prepare = |batch: &[u32]| vec![(); batch.len()];
        let ended = run(&tasks, 1, 2, prepare, |task, ()| *task, |_, _| Err("full"));
        assert_eq!(ended, Err("full"));
    }
}
