//! What a child says, as its parent hears it.

use std::io::{self, Read};
use std::os::fd::{AsRawFd, RawFd};
use std::process::ChildStdout;
use std::time::Duration;

use super::fault::Fault;
use super::protocol::{Estimate, LONGEST_MESSAGE, Line, Message};

/// What a child says, through its pipe.
pub struct Messages {
    output: ChildStdout,
    /// Begins every line.
    nonce: String,
    /// Lines so far.
    count: u64,
    /// What has not been understood yet: the beginning of a line.
    heard: Vec<u8>,
    /// What the child believes of the proof in progress.
    pub estimate: Option<Estimate>,
    /// The last message.
    pub answer: Option<Message>,
}

/// What came of listening.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    /// There may be more.
    Something,
    /// Nothing new.
    Nothing,
    /// There will be no more.
    End,
}

impl Messages {
    /// Of a child whose output this is, and which was given this nonce.
    pub fn of(output: ChildStdout, nonce: String) -> Messages {
        Messages {
            output,
            nonce,
            count: 0,
            heard: Vec::new(),
            estimate: None,
            answer: None,
        }
    }

    /// What can be waited for.
    pub fn descriptor(&self) -> RawFd {
        self.output.as_raw_fd()
    }

    /// Hears what there is by now.
    pub fn listen(&mut self) -> Result<Heard, Fault> {
        let heard = self.read().map_err(Fault::Start)?;
        if self.heard.len() > LONGEST_MESSAGE {
            return Err(Fault::Malformed("a message without end".into()));
        }
        for line in complete_lines(&mut self.heard) {
            self.understand(&line)?;
        }
        Ok(heard)
    }

    /// Each line must be the next one of the child that was started, and nothing comes after the last message.
    fn understand(&mut self, line: &[u8]) -> Result<(), Fault> {
        let malformed = |what: &str| Err(Fault::Malformed(what.to_owned()));
        let line: Line = match serde_json::from_slice(line) {
            Ok(line) => line,
            Err(error) => return malformed(&error.to_string()),
        };
        if line.nonce != self.nonce {
            return malformed("somebody else's message");
        }
        if line.number != self.count {
            return malformed("a message out of order");
        }
        self.count += 1;
        match (&self.answer, line.message) {
            (None, Message::Hello) if line.number == 0 => {}
            (None, Message::Proof(estimate)) if line.number > 0 => self.estimate = estimate,
            (None, Message::Done(answer)) if line.number > 0 => {
                self.answer = Some(Message::Done(answer));
            }
            (None, Message::Failed { message }) => self.answer = Some(Message::Failed { message }),
            (None, _) => return malformed("a message at the wrong time"),
            (Some(_), _) => return malformed("more than one answer"),
        }
        Ok(())
    }

    /// Hears what a child that has ended has left in its pipe. Something that the program has started may keep
    /// the pipe open, so what is there is all.
    pub fn rest(&mut self) -> Result<(), Fault> {
        while self.listen()? == Heard::Something {}
        Ok(())
    }

    fn read(&mut self) -> io::Result<Heard> {
        match ready(&[self.descriptor()], Duration::ZERO) {
            Ok(true) => {}
            Ok(false) => return Ok(Heard::Nothing),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {
                return Ok(Heard::Something);
            }
            Err(error) => return Err(error),
        }
        let mut chunk = [0u8; 64 << 10];
        let count = self.output.read(&mut chunk)?;
        self.heard.extend_from_slice(&chunk[..count]);
        Ok(if count > 0 {
            Heard::Something
        } else {
            Heard::End
        })
    }
}

/// Waits up to `patience` until there is something to hear in one of these pipes. Whether there is.
pub fn ready(pipes: &[RawFd], patience: Duration) -> io::Result<bool> {
    let record = |&fd: &RawFd| libc::pollfd {
        fd,
        events: libc::POLLIN,
        revents: 0,
    };
    let mut records: Vec<libc::pollfd> = pipes.iter().map(record).collect();
    let milliseconds = i32::try_from(patience.as_millis()).unwrap_or(i32::MAX);
    let count = records.len() as libc::nfds_t;
    // SAFETY: as many valid records as are announced.
    let ready = unsafe { libc::poll(records.as_mut_ptr(), count, milliseconds) };
    if ready < 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(ready > 0)
}

/// Takes the complete lines off the front.
fn complete_lines(heard: &mut Vec<u8>) -> Vec<Vec<u8>> {
    let Some(end) = heard.iter().rposition(|byte| *byte == b'\n') else {
        return Vec::new();
    };
    let rest = heard.split_off(end + 1);
    let lines = std::mem::replace(heard, rest);
    lines
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty())
        .map(<[u8]>::to_vec)
        .collect()
}

#[cfg(test)]
mod tests {
    use std::process::{Command, Stdio};

    use super::{Fault, Message, Messages, complete_lines};

    /// What is understood of a child that writes this.
    fn heard(words: &str) -> Result<Option<Message>, Fault> {
        let mut child = Command::new("sh")
            .args(["-c", &format!("printf '%s\\n' {words}")])
            .stdout(Stdio::piped())
            .spawn()
            .expect("a shell");
        let output = child.stdout.take().expect("a pipe");
        let mut messages = Messages::of(output, "n".to_owned());
        child.wait().expect("our own child");
        messages.rest().map(|()| messages.answer)
    }

    fn line(nonce: &str, number: u64, message: &str) -> String {
        format!(r#"'{{"nonce":"{nonce}","number":{number},"message":{message}}}' "#)
    }

    const HELLO: &str = r#""hello""#;
    const FAILED: &str = r#"{"failed":{"message":"no"}}"#;
    const PROOF: &str = r#"{"proof":null}"#;

    #[test]
    fn what_a_child_said_before_it_ended_is_heard() {
        let words = line("n", 0, HELLO) + &line("n", 1, PROOF) + &line("n", 2, FAILED);
        let answer = heard(&words).expect("three messages");
        assert!(matches!(answer, Some(Message::Failed { .. })));
    }

    #[test]
    fn what_was_not_said_by_the_child_in_turn_is_no_answer() {
        for words in [
            line("other", 0, HELLO),
            line("n", 0, HELLO) + &line("other", 1, FAILED),
            line("n", 0, HELLO) + &line("n", 2, FAILED),
            line("n", 0, HELLO) + &line("n", 0, HELLO),
            line("n", 0, HELLO) + &line("n", 1, HELLO),
            line("n", 0, PROOF),
            line("n", 0, HELLO) + &line("n", 1, FAILED) + &line("n", 2, FAILED),
            line("n", 0, r#"{"done":{}}"#),
            FAILED.replace('"', "\\\""),
        ] {
            let heard = heard(&words);
            assert!(
                matches!(heard, Err(Fault::Malformed(_))),
                "{words} {heard:?}"
            );
        }
    }

    #[test]
    fn lines_are_taken_when_they_are_complete() {
        let mut heard = b"one\ntwo\nthr".to_vec();
        assert_eq!(
            complete_lines(&mut heard),
            [b"one".to_vec(), b"two".to_vec()]
        );
        assert_eq!(heard, b"thr");
        assert!(complete_lines(&mut heard).is_empty());
    }
}
