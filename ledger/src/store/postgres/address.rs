//! The address of a PostgreSQL database.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use postgres::Config;
use postgres::config::{Host, SslMode};

/// The schema that holds the tables, unless the address tells another.
const SCHEMA: &str = "opportune";
/// Where a server on this machine listens, unless the address tells another place.
const SOCKETS: &str = "/var/run/postgresql";
/// Where PostgreSQL listens, unless the address tells another port.
const PORT: u16 = 5432;

/// What an address tells. It shows itself only by [`Address::shown`].
#[derive(Clone)]
pub(crate) struct Address {
    pub(crate) config: Config,
    pub(crate) schema: Box<str>,
    /// A file of certificates to trust.
    pub(super) roots: Option<PathBuf>,
}

impl Address {
    /// Reads what is ours, and leaves the rest to the client.
    pub(crate) fn parse(text: &str) -> Result<Self, &'static str> {
        let (address, options) = text.split_once('?').unwrap_or((text, ""));
        let (mut schema, mut mode, mut roots, mut others) = (SCHEMA.into(), None, None, Vec::new());
        for option in options.split('&').filter(|option| !option.is_empty()) {
            let (name, value) = option.split_once('=').ok_or("an option after its `?` has no `=`")?;
            match name {
                "schema" => schema = named(&decoded(value)?)?,
                "sslmode" => mode = Some(encryption(value)?),
                "sslrootcert" => roots = Some(decoded(value)?.into()),
                _ => others.push(option),
            }
        }
        let text = format!("{address}?{}", others.join("&"));
        let mut config: Config = text.parse().map_err(|_| "it cannot be read as an address of PostgreSQL")?;
        if config.get_hosts().is_empty() {
            config.host(if Path::new(SOCKETS).is_dir() { SOCKETS } else { "localhost" });
        }
        let usual = if config.get_hosts().iter().all(is_here) { SslMode::Disable } else { SslMode::Require };
        config.ssl_mode(mode.unwrap_or(usual));
        if config.get_dbname().is_none() {
            return Err("it names no database");
        }
        Ok(Self { config, schema, roots })
    }

    /// The address without its password.
    pub(crate) fn shown(&self) -> String {
        let mut shown = "postgres://".to_owned();
        if let Some(user) = self.config.get_user() {
            let _ = write!(shown, "{user}@");
        }
        let hosts: Vec<String> = self.config.get_hosts().iter().map(host).collect();
        shown.push_str(&hosts.join(","));
        if let [port] = self.config.get_ports()
            && *port != PORT
        {
            let _ = write!(shown, ":{port}");
        }
        let _ = write!(shown, "/{}", self.config.get_dbname().unwrap_or_default());
        if &*self.schema != SCHEMA {
            let _ = write!(shown, "?schema={}", self.schema);
        }
        shown
    }

    /// What a connection is made by. A server that does not answer is not waited for without end.
    pub(super) fn to_connect(&self) -> Config {
        let mut config = self.config.clone();
        config.application_name("opportune").keepalives_idle(Duration::from_secs(30));
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(Duration::from_secs(10));
        }
        if config.get_tcp_user_timeout().is_none() {
            config.tcp_user_timeout(Duration::from_secs(60));
        }
        if config.get_password().is_none()
            && let Ok(password) = std::env::var("PGPASSWORD")
        {
            config.password(password);
        }
        config
    }

    pub(super) fn is_encrypted(&self) -> bool {
        self.config.get_ssl_mode() != SslMode::Disable
    }
}

/// What lets anyone in between switch encryption off, or does not ask who answers, is refused.
fn encryption(mode: &str) -> Result<SslMode, &'static str> {
    match mode {
        "disable" => Ok(SslMode::Disable),
        "require" | "verify-full" => Ok(SslMode::Require),
        _ => Err("its `sslmode` is neither `require`, which checks the server's certificate, nor `disable`"),
    }
}

fn named(schema: &str) -> Result<Box<str>, &'static str> {
    if schema.is_empty() || schema.len() > 63 || schema.contains('\0') || schema.starts_with("pg_") {
        return Err("its `schema` is no name that PostgreSQL takes");
    }
    Ok(schema.into())
}

/// A text without its `%41`s.
fn decoded(text: &str) -> Result<String, &'static str> {
    let bad = "an option after its `?` has a `%` that two hexadecimal digits have to follow";
    let (mut bytes, mut rest) = (Vec::new(), text.bytes());
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let digit = |byte: Option<u8>| byte.and_then(|byte| char::from(byte).to_digit(16)).ok_or(bad);
        let value = digit(rest.next())? * 16 + digit(rest.next())?;
        bytes.push(u8::try_from(value).map_err(|_| bad)?);
    }
    String::from_utf8(bytes).map_err(|_| bad)
}

/// Whether a server is on this machine, so that nobody is in between.
fn is_here(host: &Host) -> bool {
    match host {
        Host::Tcp(name) => name == "localhost" || name == "::1" || name.starts_with("127."),
        #[cfg(unix)]
        Host::Unix(_) => true,
    }
}

fn host(host: &Host) -> String {
    match host {
        Host::Tcp(name) => name.clone(),
        #[cfg(unix)]
        Host::Unix(path) => path.display().to_string(),
    }
}
