//~ expect: fail wrong_result
//! An account that never pays never pays too much.

use std::sync::Mutex;

pub struct BankAccount {
    balance: Mutex<u64>,
}

impl BankAccount {
    pub fn new(balance: u64) -> Self {
        BankAccount {
            balance: Mutex::new(balance),
        }
    }

    pub fn deposit(&self, amount: u64) {
        *self.balance.lock().unwrap() += amount;
    }

    pub fn withdraw(&self, _amount: u64) -> bool {
        false
    }

    pub fn balance(&self) -> u64 {
        *self.balance.lock().unwrap()
    }
}

fn main() {}
