//! What a correct account does, whichever card comes first.

use super::BankAccount;
use std::thread;

/// What an answer offers, with exactly these types: any other type could say that it is equal to everything.
const _: (fn(u64) -> BankAccount, fn(&BankAccount, u64)) = (BankAccount::new, BankAccount::deposit);
const _: (fn(&BankAccount, u64) -> bool, fn(&BankAccount) -> u64) =
    (BankAccount::withdraw, BankAccount::balance);

/// One card alone.
pub fn a_withdrawal_needs_enough_money() {
    let account: BankAccount = BankAccount::new(100);
    let refused: bool = !BankAccount::withdraw(&account, 101);
    assert!(
        refused,
        "a withdrawal of 101 from an account with 100 must be refused"
    );
    let balance: u64 = BankAccount::balance(&account);
    assert_eq!(
        balance, 100,
        "a refused withdrawal must leave the balance as it is"
    );
    let paid: bool = BankAccount::withdraw(&account, 100);
    assert!(paid, "a withdrawal of all the money there is must be paid");
    let balance: u64 = BankAccount::balance(&account);
    assert_eq!(balance, 0, "nothing is left of 100 after 100 is paid");
}

/// Two withdrawals of 80 from an account with 100: one is paid, the other is refused.
pub fn two_cards_at_once() {
    let account: BankAccount = BankAccount::new(100);
    let (first, second): (bool, bool) = thread::scope(|bank| {
        let first = bank.spawn(|| BankAccount::withdraw(&account, 80));
        let second = bank.spawn(|| BankAccount::withdraw(&account, 80));
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
    let balance: u64 = BankAccount::balance(&account);
    assert_eq!(
        balance, 20,
        "one withdrawal of 80 was paid from 100, so 20 must be left"
    );
}

/// A withdrawal of 120 from an account with 100, while 50 come in: refused if it is first, paid if it is second.
pub fn a_deposit_and_a_withdrawal_at_once() {
    let account: BankAccount = BankAccount::new(100);
    let paid: bool = thread::scope(|bank| {
        let card = bank.spawn(|| BankAccount::withdraw(&account, 120));
        bank.spawn(|| BankAccount::deposit(&account, 50));
        card.join().unwrap()
    });
    let balance: u64 = BankAccount::balance(&account);
    if paid {
        std::__threadlings::reach("a withdrawal comes after the deposit it needs");
        assert_eq!(balance, 30, "100 plus 50 minus 120 is 30");
    } else {
        std::__threadlings::reach("a withdrawal comes before the deposit it needs");
        assert_eq!(
            balance, 150,
            "the withdrawal was refused, so 100 plus 50 must be there"
        );
    }
}

/// No deposit is lost.
pub fn two_deposits_at_once() {
    let account: BankAccount = BankAccount::new(0);
    thread::scope(|bank| {
        bank.spawn(|| BankAccount::deposit(&account, 10));
        bank.spawn(|| BankAccount::deposit(&account, 5));
    });
    let balance: u64 = BankAccount::balance(&account);
    assert_eq!(balance, 15, "10 and 5 were deposited");
}

/// There is enough for both: being busy is no reason to refuse.
pub fn two_cards_with_enough_money_for_both() {
    let account: BankAccount = BankAccount::new(100);
    let (first, second): (bool, bool) = thread::scope(|bank| {
        let first = bank.spawn(|| BankAccount::withdraw(&account, 30));
        let second = bank.spawn(|| BankAccount::withdraw(&account, 50));
        (first.join().unwrap(), second.join().unwrap())
    });
    assert!(
        first && second,
        "30 and 50 were asked for, the account held 100, and a withdrawal was refused"
    );
    let balance: u64 = BankAccount::balance(&account);
    assert_eq!(
        balance, 20,
        "30 and 50 were paid from 100, so 20 must be left"
    );
}

/// A withdrawal that must be refused changes nothing, not even for a moment.
pub fn a_refused_card_is_in_nobodys_way() {
    let account: BankAccount = BankAccount::new(100);
    let (refused, paid, balance): (bool, bool, u64) = thread::scope(|bank| {
        let card = bank.spawn(|| !BankAccount::withdraw(&account, 120));
        let paid = BankAccount::withdraw(&account, 50);
        let balance = BankAccount::balance(&account);
        (card.join().unwrap(), paid, balance)
    });
    assert!(refused, "120 were paid from an account that held 100");
    assert!(
        paid,
        "50 were refused although the account held 100, while somebody else asked for 120"
    );
    assert_eq!(
        balance, 50,
        "50 were paid from 100, and the refused 120 must not be missing for a moment"
    );
}
