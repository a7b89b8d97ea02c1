// An authorisation server whose users consent by themselves, and one resource that wants its tokens.
//
//     node oauth.mjs '[{"client_id": ...}, ...]'      clients as oidc-provider knows them
//
// Prints its address once it listens. A login_hint of "nobody" makes the user refuse.

import http from 'node:http';
import { createLocalJWKSet, jwtVerify } from 'jose';
import { errors, Provider } from 'oidc-provider';

const clients = JSON.parse(process.argv[2]);

const server = http.createServer();
await new Promise((listens) => server.listen(0, '127.0.0.1', listens));
const address = `http://127.0.0.1:${server.address().port}`;

const provider = new Provider(address, {
  clients,
  scopes: ['orders', 'offline_access'],
  pkce: { required: () => true },
  rotateRefreshToken: true,
  issueRefreshToken: async (_ctx, client) => client.grantTypeAllowed('refresh_token'),
  findAccount: (_ctx, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
  enabledJWA: { clientAuthSigningAlgValues: ['RS256', 'PS256', 'ES256'] },
  interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
  cookies: { keys: ['of no worth'] },
  ttl: { AccessToken: 3600, ClientCredentials: 3600, Interaction: 600, Session: 600, Grant: 600, RefreshToken: 600 },
  features: {
    clientCredentials: { enabled: true },
    deviceFlow: { enabled: true },
    devInteractions: { enabled: false },
    revocation: { enabled: true, allowedPolicy: () => true },
  },
});

async function answerWithToken(ctx, accountId) {
  const { client, params } = ctx.oidc;
  const grant = new provider.Grant({ accountId, clientId: client.clientId });
  grant.addOIDCScope(params.scope ?? '');
  const grantId = await grant.save();
  const token = new provider.AccessToken({ accountId, client, grantId, gty: 'own', scope: params.scope });
  ctx.body = { access_token: await token.save(), token_type: 'Bearer', expires_in: token.expiration };
}

provider.registerGrantType('password', async (ctx) => {
  const { username, password } = ctx.oidc.params;
  if (password !== `password of ${username}`) throw new errors.InvalidGrant('wrong user name or password');
  await answerWithToken(ctx, username);
}, ['username', 'password', 'scope']);

provider.registerGrantType('urn:ietf:params:oauth:grant-type:jwt-bearer', async (ctx) => {
  const keys = createLocalJWKSet(ctx.oidc.client.jwks);
  try {
    const checks = { audience: `${address}/token`, requiredClaims: ['iss', 'exp', 'jti'] };
    const { payload } = await jwtVerify(ctx.oidc.params.assertion, keys, checks);
    await answerWithToken(ctx, payload.sub);
  } catch (error) {
    throw new errors.InvalidGrant(error.message);
  }
}, ['assertion', 'scope']);

provider.use(async (ctx, next) => {
  if (ctx.path.startsWith('/interaction/')) {
    const { prompt, params } = await provider.interactionDetails(ctx.req, ctx.res);
    let result;
    if (params.login_hint === 'nobody') {
      result = { error: 'access_denied', error_description: 'the user said no' };
    } else if (prompt.name === 'login') {
      result = { login: { accountId: 'ada' } };
    } else {
      const grant = new provider.Grant({ accountId: 'ada', clientId: params.client_id });
      grant.addOIDCScope(params.scope);
      result = { consent: { grantId: await grant.save() } };
    }
    ctx.respond = false;
    await provider.interactionFinished(ctx.req, ctx.res, result, { mergeWithLastSubmission: false });
  } else if (ctx.path === '/items') {
    const value = ctx.get('authorization').replace(/^Bearer /, '');
    const token = (await provider.AccessToken.find(value)) ?? (await provider.ClientCredentials.find(value));
    ctx.status = token ? 200 : 401;
    ctx.body = token ? { items: [{ who: token.accountId ?? token.clientId, scope: token.scope ?? '' }] } : {};
  } else {
    await next();
  }
});

server.on('request', provider.callback());
console.log(address);
