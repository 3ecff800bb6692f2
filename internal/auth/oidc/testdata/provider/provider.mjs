// Runs an OpenID provider until its standard input ends. It signs everybody in who gives a name, and prints
// its address. The argument is the address to which it returns.
import Provider from "oidc-provider";
import { createServer } from "node:http";

const [redirect] = process.argv.slice(2);
const server = createServer((request, response) => handle(request, response));
let handle;
await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
const issuer = `http://127.0.0.1:${server.address().port}`;
const provider = new Provider(issuer, {
  clients: [{ client_id: "hub", client_secret: "secret", redirect_uris: [redirect], token_endpoint_auth_method: "client_secret_basic" }],
  pkce: { required: () => true },
  scopes: ["openid", "offline_access", "groups"],
  claims: { openid: ["sub"], profile: ["name"], email: ["email", "email_verified"], groups: ["groups"] },
  conformIdTokenClaims: false,
  findAccount: (_, id) => ({
    accountId: id,
    claims: () => ({ sub: id, name: "Ada", email: "ada@example.org", email_verified: true, groups: id === "ada" ? ["editors"] : ["cooks"] }),
  }),
});
handle = provider.callback();
console.log(issuer);
process.stdin.resume();
process.stdin.on("end", () => process.exit(0));
