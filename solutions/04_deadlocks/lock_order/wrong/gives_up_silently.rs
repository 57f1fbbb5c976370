//~ expect: fail wrong_result
//! Nobody waits, and a transfer is dropped whenever the other account is busy.

use std::sync::Mutex;

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
    let Ok(mut target) = to.balance.try_lock() else {
        return false;
    };
    if *source < amount {
        return false;
    }
    *source -= amount;
    *target += amount;
    true
}

fn main() {}
