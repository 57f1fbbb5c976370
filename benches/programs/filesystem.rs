//! N threads give a block to an inode each (Flanagan and Godefroid, 2005): 1 up to 13 threads, then 2^(N − 13).

use std::sync::{Arc, Mutex};
use std::thread;

const N: usize = 14;

const BLOCKS: usize = 26;
const INODES: usize = 32;

struct Disk {
    inodes: Vec<Mutex<usize>>,
    busy: Vec<Mutex<bool>>,
}

fn allocate(disk: &Disk, thread: usize) {
    let inode = thread % INODES;
    let mut held = disk.inodes[inode].lock().unwrap();
    if *held != 0 {
        return;
    }
    let mut block = (inode * 2) % BLOCKS;
    for _ in 0..BLOCKS {
        let mut busy = disk.busy[block].lock().unwrap();
        if !*busy {
            *busy = true;
            *held = block + 1;
            return;
        }
        block = (block + 1) % BLOCKS;
    }
}

fn main() {
    let disk = Arc::new(Disk {
        inodes: (0..INODES).map(|_| Mutex::new(0)).collect(),
        busy: (0..BLOCKS).map(|_| Mutex::new(false)).collect(),
    });
    let mut threads = Vec::new();
    for thread in 0..N {
        let disk = Arc::clone(&disk);
        threads.push(thread::spawn(move || allocate(&disk, thread)));
    }
    for thread in threads {
        thread.join().unwrap();
    }
}
