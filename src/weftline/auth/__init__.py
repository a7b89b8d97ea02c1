"""Floor 7: how credentials sign a request."""

from weftline.auth.base import AuthMethod, Consent, ConsentPlace, Token
from weftline.kernel import Registry

BUILTIN = {
    "none": "weftline.auth.none:NoAuth",
    "basic": "weftline.auth.basic:BasicAuth",
    "api_key": "weftline.auth.api_key:ApiKeyAuth",
    "bearer": "weftline.auth.bearer:BearerAuth",
    "oauth1": "weftline.auth.oauth1:OAuth1Auth",
    "oauth2_client": "weftline.auth.oauth2_client:OAuth2ClientAuth",
    "oauth2_password": "weftline.auth.oauth2_password:OAuth2PasswordAuth",
    "jwt_bearer": "weftline.auth.jwt_bearer:JwtBearerAuth",
    "oauth2_code": "weftline.auth.oauth2_code:OAuth2CodeAuth",
    "oauth2_device": "weftline.auth.oauth2_device:OAuth2DeviceAuth",
    "session_login": "weftline.auth.session_login:SessionLoginAuth",
    "digest": "weftline.auth.digest:DigestAuth",
    "hmac": "weftline.auth.hmac:HmacAuth",
    "sigv4": "weftline.auth.sigv4:SigV4Auth",
    "mtls": "weftline.auth.mtls:MtlsAuth",
    "ssh_password": "weftline.auth.ssh_password:SshPasswordAuth",
    "ssh_key": "weftline.auth.ssh_key:SshKeyAuth",
    "database": "weftline.auth.database:DatabaseAuth",
}

AUTH_METHODS: Registry[AuthMethod] = Registry("auth", BUILTIN)

__all__ = ["AUTH_METHODS", "BUILTIN", "AuthMethod", "Consent", "ConsentPlace", "Token"]
