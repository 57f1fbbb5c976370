//~ expect: fail wrong_result
//! A `compare_exchange` that fails says that the balance has changed, not that there is too little.

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
        let seen = self.balance.load(Ordering::SeqCst);
        seen >= amount
            && self
                .balance
                .compare_exchange(seen, seen - amount, Ordering::SeqCst, Ordering::SeqCst)
                .is_ok()
    }

    pub fn balance(&self) -> u64 {
        self.balance.load(Ordering::SeqCst)
    }
}

fn main() {}
