//~ expect: fail deadlock
//! A pause between the two locks orders nothing: the other thread can pause as well.

use std::sync::Mutex;
use std::thread;
use std::time::Duration;

pub struct Account {
    pub id: u32,
    pub balance: Mutex<u64>,
}

impl Account {
    pub fn new(id: u32, balance: u64) -> Self {
        Account {
            id,
            balance: Mutex::new(balance),
        }
    }
}

pub fn transfer(from: &Account, to: &Account, amount: u64) -> bool {
    if from.id == to.id {
        return *from.balance.lock().unwrap() >= amount;
    }
    let mut source = from.balance.lock().unwrap();
    thread::sleep(Duration::from_millis(from.id.into()));
    let mut target = to.balance.lock().unwrap();
    if *source < amount {
        return false;
    }
    *source -= amount;
    *target += amount;
    true
}

fn main() {}
