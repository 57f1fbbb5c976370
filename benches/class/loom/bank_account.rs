//! The scenarios of the exercise `bank_account`, as an instructor would write them for loom.

// Not loom's: they outlive an execution.
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use loom::sync::Arc;
use loom::thread;

use crate::answer::BankAccount;

#[test]
fn a_withdrawal_needs_enough_money() {
    loom::model(|| {
        let account = BankAccount::new(100);
        assert!(!account.withdraw(101), "101 from an account with 100");
        assert_eq!(account.balance(), 100, "it was refused");
        assert!(account.withdraw(100), "all the money there is");
        assert_eq!(account.balance(), 0, "nothing is left of 100");
    });
}

#[test]
fn two_cards_at_once() {
    static REFUSED: AtomicBool = AtomicBool::new(false);
    loom::model(|| {
        let account = Arc::new(BankAccount::new(100));
        let [first, second] = [(); 2].map(|()| {
            let account = Arc::clone(&account);
            thread::spawn(move || account.withdraw(80))
        });
        let (first, second) = (first.join().unwrap(), second.join().unwrap());
        assert!(!(first && second), "both withdrawals were paid");
        assert!(first || second, "both withdrawals were refused");
        REFUSED.store(true, Relaxed);
        assert_eq!(account.balance(), 20, "80 was paid from 100");
    });
    assert!(REFUSED.load(Relaxed), "no withdrawal is ever refused");
}

#[test]
fn a_deposit_and_a_withdrawal_at_once() {
    static PAID: AtomicBool = AtomicBool::new(false);
    static REFUSED: AtomicBool = AtomicBool::new(false);
    loom::model(|| {
        let account = Arc::new(BankAccount::new(100));
        let card = {
            let account = Arc::clone(&account);
            thread::spawn(move || account.withdraw(120))
        };
        let deposit = {
            let account = Arc::clone(&account);
            thread::spawn(move || account.deposit(50))
        };
        let paid = card.join().unwrap();
        deposit.join().unwrap();
        if paid {
            PAID.store(true, Relaxed);
            assert_eq!(account.balance(), 30, "100 plus 50 minus 120 is 30");
        } else {
            REFUSED.store(true, Relaxed);
            assert_eq!(account.balance(), 150, "the withdrawal was refused");
        }
    });
    assert!(PAID.load(Relaxed), "it never comes after the deposit");
    assert!(REFUSED.load(Relaxed), "it never comes before the deposit");
}

#[test]
fn two_deposits_at_once() {
    loom::model(|| {
        let account = Arc::new(BankAccount::new(0));
        let deposits = [10, 5].map(|amount| {
            let account = Arc::clone(&account);
            thread::spawn(move || account.deposit(amount))
        });
        for deposit in deposits {
            deposit.join().unwrap();
        }
        assert_eq!(account.balance(), 15, "10 and 5 were deposited");
    });
}
