"""Maps libcurl's errors to failure causes."""

from __future__ import annotations

import re
from typing import Final

import pycurl

from chalicelib.domain.delivery.attempt import FailureCause

DETAIL_LENGTH_MAX: Final = 300

_TOO_LARGE: Final = 100
"""CURLE_TOO_LARGE (curl 8.6), for which PycURL has no name."""

_TLS: Final = frozenset(
    {
        pycurl.E_SSL_CONNECT_ERROR,
        pycurl.E_PEER_FAILED_VERIFICATION,
        pycurl.E_SSL_CERTPROBLEM,
        pycurl.E_SSL_CIPHER,
        pycurl.E_SSL_CACERT_BADFILE,
        pycurl.E_SSL_CRL_BADFILE,
        pycurl.E_SSL_ISSUER_ERROR,
        pycurl.E_SSL_INVALIDCERTSTATUS,
        pycurl.E_SSL_ENGINE_INITFAILED,
        pycurl.E_SSL_ENGINE_NOTFOUND,
        pycurl.E_SSL_ENGINE_SETFAILED,
        pycurl.E_SSL_SHUTDOWN_FAILED,
        pycurl.E_SSL_PINNEDPUBKEYNOTMATCH,
        pycurl.E_USE_SSL_FAILED,
    }
)

_WHILE_EXCHANGING: Final = frozenset({pycurl.E_RECV_ERROR, pycurl.E_SEND_ERROR})
_TLS_FAULT: Final = re.compile(r"SSL routines:[^:]*:(?!unexpected eof)", re.IGNORECASE)
"""Matches libcurl's message if OpenSSL reports an error of TLS, and not of the connection.

In TLS 1.3 the client's handshake ends before the receiver has checked the client's certificate. So the alert ("certificate
required", RFC 8446, 4.4.2.4) arrives with the first read. A connection that ends without a TLS close is not a TLS error.
"""

_OURS: Final = frozenset(
    {
        pycurl.E_SSL_CERTPROBLEM,
        pycurl.E_SSL_CIPHER,
        pycurl.E_SSL_CACERT_BADFILE,
        pycurl.E_SSL_CRL_BADFILE,
        pycurl.E_SSL_ENGINE_INITFAILED,
        pycurl.E_SSL_ENGINE_NOTFOUND,
        pycurl.E_SSL_ENGINE_SETFAILED,
    }
)
"""TLS errors on the service's side. Their messages would name its files."""

_NOT_HTTP: Final = (FailureCause.BAD_RESPONSE, "The receiver did not send an HTTP/1.1 response.")
_HEADERS_TOO_LARGE: Final = (FailureCause.BAD_RESPONSE, "The response's headers are too large.")
_BROKEN_OFF: Final = (FailureCause.BAD_RESPONSE, "The receiver closed the connection before its response was complete.")

_TABLE: Final[dict[int, tuple[FailureCause, str]]] = {
    pycurl.E_COULDNT_RESOLVE_HOST: (FailureCause.DNS, "The receiver's name could not be resolved."),
    pycurl.E_COULDNT_CONNECT: (FailureCause.CONNECT, "No connection to the receiver could be opened."),
    pycurl.E_SEND_ERROR: (FailureCause.CONNECT, "The connection broke while the request was being sent."),
    pycurl.E_INTERFACE_FAILED: (FailureCause.CONNECT, "No connection to the receiver could be opened."),
    pycurl.E_GOT_NOTHING: (FailureCause.BAD_RESPONSE, "The receiver closed the connection without a response."),
    pycurl.E_RECV_ERROR: _BROKEN_OFF,
    pycurl.E_PARTIAL_FILE: _BROKEN_OFF,
    pycurl.E_UNSUPPORTED_PROTOCOL: _NOT_HTTP,
    pycurl.E_FTP_WEIRD_SERVER_REPLY: _NOT_HTTP,
    pycurl.E_BAD_CONTENT_ENCODING: (FailureCause.BAD_RESPONSE, "The response's transfer coding is not valid."),
    pycurl.E_OUT_OF_MEMORY: _HEADERS_TOO_LARGE,
    _TOO_LARGE: _HEADERS_TOO_LARGE,
}


_CLOSED: Final = "the receiver closed the connection early"
_BROKE: Final = "the connection broke"
_BREAKS: Final[dict[int, str]] = {
    pycurl.E_PARTIAL_FILE: _CLOSED,
    pycurl.E_GOT_NOTHING: _CLOSED,
    pycurl.E_SEND_ERROR: _BROKE,
    pycurl.E_BAD_CONTENT_ENCODING: "its transfer coding is not valid",
    pycurl.E_OUT_OF_MEMORY: "its trailers are too large",
    _TOO_LARGE: "its trailers are too large",
}
_OF_THE_CONNECTION: Final = re.compile(r"failure|SYSCALL|unexpected eof", re.IGNORECASE)
"""Matches libcurl's message for E_RECV_ERROR if the connection broke. It uses the same code for invalid chunks."""


def cause_of(code: int, message: str) -> tuple[FailureCause, str]:
    """The cause and a sentence for an error of libcurl. libcurl's own message is included only for TLS.

    There it says what is wrong with the certificate, which the owner needs to know, and no more of the URL than the host.
    """
    if code in _OURS:
        return FailureCause.TLS, f"TLS failed on the service's side (libcurl's error {code})."
    if _is_tls(code, message):
        return FailureCause.TLS, f"TLS failed: {message}."[:DETAIL_LENGTH_MAX]
    return _TABLE.get(code) or (FailureCause.BAD_RESPONSE, f"The exchange failed (libcurl's error {code}).")


def break_of(code: int, message: str) -> str:
    """Why a body ended early, after complete headers, as the end of a sentence."""
    if code not in _OURS and _is_tls(code, message):
        return f"TLS failed ({message})"[:DETAIL_LENGTH_MAX]
    if code == pycurl.E_RECV_ERROR:
        return _BROKE if _OF_THE_CONNECTION.search(message) is not None else "its chunks are not valid"
    return _BREAKS.get(code, f"the exchange failed (libcurl's error {code})")


def _is_tls(code: int, message: str) -> bool:
    return code in _TLS or (code in _WHILE_EXCHANGING and _TLS_FAULT.search(message) is not None)
