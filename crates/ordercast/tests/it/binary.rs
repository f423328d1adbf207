//! The real binary, in its own process with its own environment.

use std::net::SocketAddr;
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::process::{Child, Command};

use crate::support::request::TestRequest;
use crate::support::{JWT_SECRET, within};

/// The output of a command that ended.
#[derive(Debug)]
pub(crate) struct CommandOutput {
    pub(crate) status: ExitStatus,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl CommandOutput {
    /// The standard output. The command must have succeeded.
    #[track_caller]
    pub(crate) fn expect_success(self) -> String {
        assert!(self.status.success(), "{self:?}");
        self.out
    }

    /// The error output. The command must have failed with a message, not with a panic.
    #[track_caller]
    pub(crate) fn expect_failure(self) -> String {
        assert_eq!(self.status.code(), Some(1), "{self:?}");
        assert!(self.err.contains("error:") && !self.err.contains("panicked"), "{self:?}");
        self.err
    }
}

/// A command with an empty environment. `data` is its data directory and its working directory.
pub(crate) fn command(data: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ordercast"));
    command
        .args(arguments)
        .env_clear()
        .env("ORDERCAST_DATA", data)
        .current_dir(data)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    command
}

pub(crate) async fn run(data: &Path, arguments: &[&str]) -> CommandOutput {
    run_with(data, arguments, &[]).await
}

pub(crate) async fn run_with(data: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> CommandOutput {
    within(run_without_timeout(data, arguments, variables)).await
}

/// Runs a command that may take longer than other commands.
pub(crate) async fn run_without_timeout(
    data: &Path,
    arguments: &[&str],
    variables: &[(&str, &str)],
) -> CommandOutput {
    let output = command(data, arguments).envs(variables.iter().copied()).output().await.unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    CommandOutput { status: output.status, out: text(output.stdout), err: text(output.stderr) }
}

/// The output of a process so far.
#[derive(Clone, Default)]
pub(crate) struct CapturedOutput(Arc<Mutex<String>>);

impl CapturedOutput {
    /// Reads in the background, so that the process never waits for a full pipe.
    fn listen(&self, to: impl AsyncRead + Unpin + Send + 'static) {
        let heard = self.clone();
        tokio::spawn(async move {
            let mut lines = BufReader::new(to).lines();
            while let Ok(Some(line)) = lines.next_line().await {
                let mut heard = heard.0.lock().unwrap();
                heard.push_str(&line);
                heard.push('\n');
            }
        });
    }

    pub(crate) fn text(&self) -> String {
        self.0.lock().unwrap().clone()
    }
}

pub(crate) struct RunningServer {
    child: Child,
    pub(crate) address: SocketAddr,
    /// The message on standard output after the start.
    pub(crate) welcome: String,
    /// The output on standard error.
    pub(crate) log: CapturedOutput,
    client: reqwest::Client,
}

impl RunningServer {
    /// Starts `ordercast serve` and waits until it is ready. Without `--listen`, it uses a free port.
    pub(crate) async fn serve(data: &Path, arguments: &[&str]) -> Self {
        Self::serve_with(data, arguments, &[("JWT_SECRET", JWT_SECRET)]).await
    }

    pub(crate) async fn serve_with(data: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> Self {
        let mut all = vec!["serve"];
        if !arguments.contains(&"--listen") {
            all.extend(["--listen", "127.0.0.1:0"]);
        }
        all.extend_from_slice(arguments);
        let child = command(data, &all).envs(variables.iter().copied()).spawn().unwrap();
        within(Self::started(child)).await
    }

    /// Starts a server that outlives the signal of [`limit_files`](Self::limit_files), and sees an error instead.
    #[cfg(target_os = "linux")]
    pub(crate) async fn serve_with_limited_files(data: &Path) -> Self {
        let serve = command(data, &["serve", "--listen", "127.0.0.1:0"]);
        let serve = serve.as_std();
        let mut shell = Command::new("/bin/sh");
        shell
            .args(["-c", "trap '' XFSZ; exec \"$0\" \"$@\""])
            .arg(serve.get_program())
            .args(serve.get_args());
        shell.env_clear().env("ORDERCAST_DATA", data).env("JWT_SECRET", JWT_SECRET).current_dir(data);
        shell.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
        within(Self::started(shell.spawn().unwrap())).await
    }

    /// No file may be written beyond this many bytes, as on a full disk. `None` removes the limit.
    #[cfg(target_os = "linux")]
    pub(crate) fn limit_files(&self, bytes: Option<u64>) {
        use rustix::process::{Resource, Rlimit, prlimit};
        prlimit(Some(self.pid()), Resource::Fsize, Rlimit { current: bytes, maximum: None }).unwrap();
    }

    fn pid(&self) -> rustix::process::Pid {
        rustix::process::Pid::from_raw(self.child.id().unwrap().try_into().unwrap()).unwrap()
    }

    async fn started(mut child: Child) -> Self {
        let log = CapturedOutput::default();
        log.listen(child.stderr.take().unwrap());
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut welcome = String::new();
        while !welcome.contains("Ctrl-C") {
            let Some(line) = lines.next_line().await.unwrap() else {
                panic!("the server did not start: {:?}: {welcome}{}", child.wait().await, log.text())
            };
            welcome.push_str(&line);
            welcome.push('\n');
        }
        // Keep reading, so that the server can still write.
        CapturedOutput::default().listen(lines.into_inner().into_inner());
        let port = welcome.split_once("http://localhost:").unwrap().1;
        let port = port.split(|c: char| !c.is_ascii_digit()).next().unwrap();
        let address = SocketAddr::from(([127, 0, 0, 1], port.parse().unwrap()));
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        Self { child, address, welcome, log, client }
    }

    pub(crate) fn ask(&self, method: &str, path: &str) -> TestRequest {
        let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
        TestRequest::of(self.client.request(method, format!("http://{}{path}", self.address)))
    }

    /// Sends SIGTERM, as a service manager does.
    pub(crate) fn terminate(&self) {
        rustix::process::kill_process(self.pid(), rustix::process::Signal::TERM).unwrap();
    }

    pub(crate) async fn ended(&mut self) -> ExitStatus {
        within(self.child.wait()).await.unwrap()
    }

    /// Shuts down gracefully.
    pub(crate) async fn stop(mut self) {
        self.terminate();
        let status = self.ended().await;
        assert!(status.success(), "{status}: {}", self.log.text());
    }

    /// Kills the process with SIGKILL.
    pub(crate) async fn kill(mut self) {
        self.child.start_kill().unwrap();
        self.ended().await;
    }
}
