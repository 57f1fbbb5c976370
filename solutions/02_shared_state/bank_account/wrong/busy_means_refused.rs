//~ expect: fail wrong_result
//! Never pays too much, and never waits: whoever comes while the other card is in use goes away without money.

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

    pub fn withdraw(&self, amount: u64) -> bool {
        let Ok(mut balance) = self.balance.try_lock() else {
            return false;
        };
        if *balance < amount {
            return false;
        }
        *balance -= amount;
        true
    }

    pub fn balance(&self) -> u64 {
        *self.balance.lock().unwrap()
    }
}

fn main() {}
