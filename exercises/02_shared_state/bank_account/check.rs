//! What a correct account does, whichever card comes first.

use super::BankAccount;
use std::thread;

/// What an answer offers, with exactly these types: any other type could say that it is equal to everything.
const _: (fn(u64) -> BankAccount, fn(&BankAccount, u64)) = (BankAccount::new, BankAccount::deposit);
const _: (fn(&BankAccount, u64) -> bool, fn(&BankAccount) -> u64) =
    (BankAccount::withdraw, BankAccount::balance);

/// One card alone.
pub fn a_withdrawal_needs_enough_money() {
    let account = BankAccount::new(100);
    assert!(
        !account.withdraw(101),
        "a withdrawal of 101 from an account with 100 must be refused"
    );
    assert_eq!(
        account.balance(),
        100,
        "a refused withdrawal must leave the balance as it is"
    );
    assert!(
        account.withdraw(100),
        "a withdrawal of all the money there is must be paid"
    );
    assert_eq!(
        account.balance(),
        0,
        "nothing is left of 100 after 100 is paid"
    );
}

/// Two withdrawals of 80 from an account with 100: one is paid, the other is refused.
pub fn two_cards_at_once() {
    let account = BankAccount::new(100);
    let (first, second) = thread::scope(|bank| {
        let first = bank.spawn(|| account.withdraw(80));
        let second = bank.spawn(|| account.withdraw(80));
        (first.join().unwrap(), second.join().unwrap())
    });
    assert!(
        !(first && second),
        "both withdrawals of 80 were paid from an account that held 100"
    );
    assert!(
        first || second,
        "both withdrawals of 80 were refused although the account held 100"
    );
    std::__threadlings::reach("one withdrawal is refused");
    assert_eq!(
        account.balance(),
        20,
        "one withdrawal of 80 was paid from 100, so 20 must be left"
    );
}

/// A withdrawal of 120 from an account with 100, while 50 come in: refused if it is first, paid if it is second.
pub fn a_deposit_and_a_withdrawal_at_once() {
    let account = BankAccount::new(100);
    let paid = thread::scope(|bank| {
        let card = bank.spawn(|| account.withdraw(120));
        bank.spawn(|| account.deposit(50));
        card.join().unwrap()
    });
    if paid {
        std::__threadlings::reach("a withdrawal comes after the deposit it needs");
        assert_eq!(account.balance(), 30, "100 plus 50 minus 120 is 30");
    } else {
        std::__threadlings::reach("a withdrawal comes before the deposit it needs");
        assert_eq!(
            account.balance(),
            150,
            "the withdrawal was refused, so 100 plus 50 must be there"
        );
    }
}

/// No deposit is lost.
pub fn two_deposits_at_once() {
    let account = BankAccount::new(0);
    thread::scope(|bank| {
        bank.spawn(|| account.deposit(10));
        bank.spawn(|| account.deposit(5));
    });
    assert_eq!(account.balance(), 15, "10 and 5 were deposited");
}
