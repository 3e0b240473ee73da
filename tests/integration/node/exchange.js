// Reads a JSON array of tasks and prints the array of what the two libraries make of them.
"use strict";
const wecom = require("@wecom/crypto");
const Wechat = require("wechat-crypto");

const libraries = {
  "@wecom/crypto": {
    encrypt: ({ key, id, text }) => wecom.encrypt(key, text, id),
    decrypt: ({ key, sealed }) => wecom.decrypt(key, sealed),
    sign: ({ token, timestamp, nonce, sealed }) => wecom.getSignature(token, timestamp, nonce, sealed),
  },
  "wechat-crypto": {
    encrypt: ({ token, key, id, text }) => new Wechat(token, key, id).encrypt(text),
    decrypt: ({ token, key, id, sealed }) => new Wechat(token, key, id).decrypt(sealed),
    sign: ({ token, key, id, timestamp, nonce, sealed }) =>
      new Wechat(token, key, id).getSignature(timestamp, nonce, sealed),
  },
};

function answer(task) {
  const library = libraries[task.library];
  if (task.text !== undefined) {
    const sealed = library.encrypt(task);
    return { sealed, signature: library.sign({ ...task, sealed }) };
  }
  const { message, id } = library.decrypt(task);
  return { message, id, signature: library.sign(task) };
}

let read = "";
process.stdin.setEncoding("utf8");
process.stdin.on("data", (part) => (read += part));
process.stdin.on("end", () => process.stdout.write(JSON.stringify(JSON.parse(read).map(answer))));
