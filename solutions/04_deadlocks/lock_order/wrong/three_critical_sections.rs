//~ expect: fail check_then_act
//! Never holds two locks, so nothing gets stuck; but what was seen under the first lock may be over under the second.

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
    if *from.balance.lock().unwrap() < amount {
        return false;
    }
    *from.balance.lock().unwrap() -= amount;
    *to.balance.lock().unwrap() += amount;
    true
}

fn main() {}
