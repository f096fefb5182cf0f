"""Compresses bytes: DEFLATE (RFC 1951) with a preset dictionary of what records have in common.

The first byte is the number of the dictionary. A dictionary never changes, since stored data was compressed with it; a
better one gets a new number. DEFLATE encodes near matches in the fewest bits, so the most frequent texts are at the end.
"""

from __future__ import annotations

import zlib
from typing import Final

_RAW: Final = -15
"""No zlib header and no checksum (RFC 1950): DynamoDB has checksums of its own. It saves eleven bytes."""

_DICTIONARY_1: Final = (
    b'access-control-allow-origin","*"],["x-powered-by","Express"],["x-frame-options","SAMEORIGIN"],'
    b'["x-content-type-options","nosniff"],["x-xss-protection","0"],["x-amzn-requestid","["x-amzn-trace-id","Root=1-'
    b'["x-cache","Miss from cloudfront"],["via","1.1 varnish["cf-ray","["cf-cache-status","DYNAMIC"],["alt-svc",'
    b'"h3=\\":443\\"; ma=86400"],["nel","["report-to","["x-slack-req-id","["x-slack-backend","r"],['
    b'"x-envoy-upstream-service-time","["referrer-policy","no-referrer"],["expect-ct","["set-cookie","__cf_bm=; path=/; '
    b'expires=; domain=; HttpOnly; Secure; SameSite=None"],'
    b'["pragma","no-cache"],["expires","["last-modified","["etag","W/\\"["accept-ranges","bytes"],'
    b'["strict-transport-security","max-age=31536000; includeSubDomains; preload"],["cache-control","no-cache, no-store, '
    b'must-revalidate, max-age=0, private"],["vary","Accept-Encoding, Origin"],["retry-after","["location","https://'
    b'["transfer-encoding","chunked"],["x-request-id","["connection","keep-alive"],["connection","close"],["server","nginx"]'
    b',["server","cloudflare"],["server","BaseHTTP/0.6 Python/3.11"],["content-type","text/html; charset=utf-8"],'
    b'["content-type","text/plain; charset=utf-8"],["content-type","application/json; charset=utf-8"],["content-length","'
    b'["date","Mon, Tue, Wed, Thu, Fri, Sat, Sun, Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec 2026 00:00:00 GMT"],["'
    b'The receiver answered 404.","failure":"timeout","connect","dns","tls","detail":"'
    b'"}},"failure":"status","message":"The receiver answered 500.","next_attempt_at":"2026-'
    b'<!DOCTYPE html><html><head><title>Error</title></head><body>ok{"status":"ok"}{"ok":true}{"success":true,"message":"'
    b'","retry_of":"rec_","slot_at":"2026-"trigger":"schedule""trigger":"retry""chosen":{"version":1,"action_by":"1",'
    b'"target_user":"1","is_catalogued":true,"document":"{"record_id":"rec_0"body":"'
    b'{"text":" has created has updated has deleted the data source. project. policy. user.","attachments":[{"text":"{\\"'
    b'dataSourceName\\":\\"projectName\\":\\"name\\":\\"modelName\\":\\"id\\":\\"url\\":\\"description\\":\\"tags\\":[\\"'
    b'createdAt\\":\\"updatedAt\\":\\"status\\":\\"type\\":\\"userName\\":\\"email\\":\\"reason\\":\\"'
    b'notificationType\\":\\"model","modelCreated","modelDeleted","modelUpdated\\",\\"actionBy\\":1,\\"modelType\\":\\"project\\",'
    b'\\"modelType\\":\\"datasource\\",\\"modelId\\":15,\\"targetUser\\":null,\\"targetUser\\":1,\\"targetGroup\\":null}"}]}'
    b'{"record":{"attempt":{"delivery_id":"msg_0","notification_id":"ntf_0","notification_type":"model","attempt_number":1,'
    b'"trigger":"notification"},"exchange":{"request":{"url":"https://hooks.example.com/services/","headers":[["content-type",'
    b'"application/json"],["user-agent","Posthorn/1"],["webhook-id","msg_0"],["webhook-timestamp","17"],["webhook-signature",'
    b'"v1,="]],"deadline_s":10.0},"started_at":"2026-T00:00:00.000000Z","duration_ms":1,"response":{"status":200,"headers":[['
    b'"content-type","text/plain"],["content-length","2"],["date","'
    b'"]]}},"message":"The receiver answered 200."},"body_bytes":1}\n{"text":"","attachments":[{"text":"{\\"'
)

DICTIONARIES: Final = {1: _DICTIONARY_1}
_CURRENT: Final = 1


def pack(data: bytes) -> bytes:
    """Compress with the current dictionary."""
    compressor = zlib.compressobj(level=9, wbits=_RAW, zdict=DICTIONARIES[_CURRENT])
    return bytes([_CURRENT]) + compressor.compress(data) + compressor.flush()


def unpack(blob: bytes) -> bytes:
    """The reverse of `pack`, with the dictionary that the first byte names."""
    return zlib.decompressobj(wbits=_RAW, zdict=DICTIONARIES[blob[0]]).decompress(blob[1:])
