//~ expect: fail self_deadlock
//! The order is right, but who pays herself locks her own account twice.

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
    let (mut source, mut target);
    if from.id < to.id {
        source = from.balance.lock().unwrap();
        target = to.balance.lock().unwrap();
    } else {
        target = to.balance.lock().unwrap();
        source = from.balance.lock().unwrap();
    }
    if *source < amount {
        return false;
    }
    *source -= amount;
    *target += amount;
    true
}

fn main() {}
