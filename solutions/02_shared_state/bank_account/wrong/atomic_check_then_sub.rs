//~ expect: fail check_then_act
//! Both steps are atomic, but they are two: the balance can change between `load` and `fetch_sub`.

use std::sync::atomic::{AtomicU64, Ordering};

pub struct BankAccount {
    balance: AtomicU64,
}

impl BankAccount {
    pub fn new(balance: u64) -> Self {
        BankAccount {
            balance: AtomicU64::new(balance),
        }
    }

    pub fn deposit(&self, amount: u64) {
        self.balance.fetch_add(amount, Ordering::SeqCst);
    }

    pub fn withdraw(&self, amount: u64) -> bool {
        if self.balance.load(Ordering::SeqCst) >= amount {
            self.balance.fetch_sub(amount, Ordering::SeqCst);
            true
        } else {
            false
        }
    }

    pub fn balance(&self) -> u64 {
        self.balance.load(Ordering::SeqCst)
    }
}

fn main() {}
