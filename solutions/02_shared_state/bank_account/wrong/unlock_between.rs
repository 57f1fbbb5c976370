//~ expect: fail check_then_act
//! The same lock is taken twice: once to check, and once more to pay.

use std::sync::Mutex;

pub struct BankAccount {
    balance: Mutex<i64>,
}

impl BankAccount {
    pub fn new(balance: u64) -> Self {
        BankAccount {
            balance: Mutex::new(balance as i64),
        }
    }

    pub fn deposit(&self, amount: u64) {
        *self.balance.lock().unwrap() += amount as i64;
    }

    pub fn withdraw(&self, amount: u64) -> bool {
        let guard = self.balance.lock().unwrap();
        let enough = *guard >= amount as i64;
        drop(guard);
        if enough {
            let mut guard = self.balance.lock().unwrap();
            *guard -= amount as i64;
        }
        enough
    }

    pub fn balance(&self) -> u64 {
        *self.balance.lock().unwrap() as u64
    }
}

fn main() {}
