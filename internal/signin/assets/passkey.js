// Signs in with a passkey, or adds one. Without this script the buttons stay hidden.
"use strict";

const supported = globalThis.PublicKeyCredential?.parseRequestOptionsFromJSON && globalThis.PublicKeyCredential?.parseCreationOptionsFromJSON;

/** Sends JSON to the hub and returns its answer. */
async function send(path, body) {
  const response = await fetch(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error);
  return answer;
}

/** Makes a button do something, and says in its form what went wrong. */
function on(id, act) {
  const box = document.getElementById(id);
  if (!box || !supported) return;
  box.hidden = false;
  const button = box.querySelector("button");
  const status = box.querySelector("[role=alert]");
  button.addEventListener("click", async () => {
    status.textContent = "";
    button.disabled = true;
    try {
      await act(box);
    } catch (error) {
      // The browser's own words about a dialog that was closed help nobody.
      status.textContent = error.name === "NotAllowedError" ? "No passkey was used." : error.message;
    }
    button.disabled = false;
  });
}

on("passkey-sign-in", async (box) => {
  const { options, token } = await send("/sign-in/passkey/begin", {});
  const credential = await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
  await send("/sign-in/passkey/finish", { token, credential: credential.toJSON() });
  location.assign(box.dataset.to);
});

on("passkey-add", async (box) => {
  const { options, token } = await send("/sign-in/passkeys/begin", {});
  const credential = await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) });
  await send("/sign-in/passkeys/finish", { token, name: box.querySelector("input").value, credential: credential.toJSON() });
  location.reload();
});
