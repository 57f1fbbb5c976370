//~ expect: over_synchronised
//! Correct, and better than one lock for the bank. But whoever comes out at the same place of the table waits for a stranger.

use std::sync::Mutex;

static TABLE: [Mutex<()>; 16] = [const { Mutex::new(()) }; 16];

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
    // In the order of the table, and one lock if both are at the same place.
    let places = [from.id % 16, to.id % 16].map(|place| place as usize);
    let (low, high) = (places[0].min(places[1]), places[0].max(places[1]));
    let _low = TABLE[low].lock().unwrap();
    let _high = (low != high).then(|| TABLE[high].lock().unwrap());
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
