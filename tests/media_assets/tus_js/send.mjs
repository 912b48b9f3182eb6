// Send a file with tus-js-client, abort on the way, and let a second sender resume it.
import fs from "node:fs";
import * as tus from "tus-js-client";

const asked = JSON.parse(process.argv[2]);
const size = fs.statSync(asked.file).size;
const common = {
  headers: asked.headers,
  chunkSize: 10_000,
  retryDelays: null,
  metadata: { filename: "Harbour.mp4", filetype: "video/mp4" },
};

const url = await new Promise((resolve, reject) => {
  const first = new tus.Upload(fs.createReadStream(asked.file), {
    ...common,
    endpoint: asked.endpoint,
    uploadSize: size,
    onError: reject,
    onChunkComplete: (_, sent) => {
      if (sent >= asked.stopAfter) first.abort().then(() => resolve(first.url), reject);
    },
  });
  first.start();
});

let resumedAt = null;
await new Promise((resolve, reject) => {
  new tus.Upload(fs.createReadStream(asked.file), {
    ...common,
    uploadUrl: url,
    uploadSize: size,
    chunkSize: Infinity,
    onProgress: (sent) => { resumedAt ??= sent; },
    onError: reject,
    onSuccess: resolve,
  }).start();
});
console.log(JSON.stringify({ url, resumedAt }));
