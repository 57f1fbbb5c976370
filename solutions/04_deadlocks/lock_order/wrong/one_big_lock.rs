//~ expect: over_synchronised
//! Correct, but everybody in the bank waits for every transfer.

use std::sync::Mutex;

static BANK: Mutex<()> = Mutex::new(());

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
    let _bank = BANK.lock().unwrap();
    if from.id == to.id {
        return *from.balance.lock().unwrap() >= amount;
    }
    let mut source = from.balance.lock().unwrap();
    let mut target = to.balance.lock().unwrap();
    if *source < amount {
        return false;
    }
    *source -= amount;
    *target += amount;
    true
}

fn main() {}
