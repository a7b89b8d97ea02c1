"""Floor 7: how bytes reach a system."""

from weftline.kernel import Registry
from weftline.transports.base import UNSENT, Connections, Login, NoLogin, Transport
from weftline.transports.policy import OutboundPolicy, checked_address

BUILTIN = {
    "ftp": "weftline.transports.ftp:FtpTransport",
    "graphql": "weftline.transports.graphql:GraphqlTransport",
    "http": "weftline.transports.http:HttpTransport",
    "memory_files": "weftline.transports.memory_files:MemoryFilesTransport",
    "memory": "weftline.transports.memory:MemoryTransport",
    "postgresql": "weftline.transports.postgresql:PostgresqlTransport",
    "mysql": "weftline.transports.mysql:MysqlTransport",
    "memory_sql": "weftline.transports.memory_sql:MemorySqlTransport",
    "oracle": "weftline.transports.oracle:OracleTransport",
    "s3": "weftline.transports.s3:S3Transport",
    "sftp": "weftline.transports.sftp:SftpTransport",
    "smtp": "weftline.transports.smtp:SmtpTransport",
    "soap": "weftline.transports.soap:SoapTransport",
    "sqlserver": "weftline.transports.sqlserver:SqlserverTransport",
}

TRANSPORTS: Registry[Transport] = Registry("transports", BUILTIN)

__all__ = [
    "BUILTIN",
    "TRANSPORTS",
    "UNSENT",
    "Connections",
    "Login",
    "NoLogin",
    "OutboundPolicy",
    "Transport",
    "checked_address",
]
