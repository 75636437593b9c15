// <passkey-button>: asks the device for a passkey and sends the form with its answer. data-options is
// what the server made (JSON); with data-new a passkey is made instead of used. Hidden without WebAuthn.
// The few pages that have one load it.
import { one } from "./dom";

const bytes = (text: string) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
const text = (buffer: ArrayBuffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");

const known = (list: { id: string }[] = []) => list.map((each) => ({ ...each, id: bytes(each.id) }));

async function answer(options: any, making: boolean): Promise<string> {
  const publicKey = { ...options, challenge: bytes(options.challenge) };
  if (making) {
    publicKey.user = { ...options.user, id: bytes(options.user.id) };
    publicKey.excludeCredentials = known(options.excludeCredentials);
  } else publicKey.allowCredentials = known(options.allowCredentials);
  const found = making
    ? await navigator.credentials.create({ publicKey })
    : await navigator.credentials.get({ publicKey });
  const key = found as PublicKeyCredential;
  const response: Record<string, string> = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    const part = (key.response as any)[name];
    if (part) response[name] = text(part);
  }
  return JSON.stringify({
    id: key.id,
    rawId: text(key.rawId),
    type: key.type,
    response,
    clientExtensionResults: key.getClientExtensionResults(),
  });
}

customElements.define(
  "passkey-button",
  class extends HTMLElement {
    connectedCallback() {
      if (!("credentials" in navigator) || !("PublicKeyCredential" in window)) return;
      this.hidden = false;
      one("button", this)!.addEventListener("click", () => this.#use());
    }

    async #use() {
      const form = this.closest("form")!;
      const status = one("[role=status]", this)!;
      status.textContent = "";
      if (!form.noValidate && !form.reportValidity()) return; // before the device asks for a finger
      try {
        const options = JSON.parse(this.dataset.options!);
        one<HTMLInputElement>("[name=passkey]", this)!.value = await answer(options, "new" in this.dataset);
      } catch {
        status.textContent = this.dataset.failed!;
        return;
      }
      form.requestSubmit();
    }
  },
);
