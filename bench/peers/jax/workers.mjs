import { resolveObjectURL } from 'node:buffer';
import { Worker as NodeWorker } from 'node:worker_threads';

// Node has worker threads but no global Worker: this is as much of a browser's as jax-js uses.

const prelude = `
const { parentPort } = require('node:worker_threads');
globalThis.self = globalThis;
globalThis.postMessage = (message) => parentPort.postMessage(message);
parentPort.on('message', (data) => globalThis.onmessage({ data }));
`;

class BrowserWorker {
  onmessage = null;
  onerror = null;
  #thread;

  constructor(url) {
    // A blob's text comes later; messages until then wait in a promise.
    this.#thread = resolveObjectURL(String(url))
      .text()
      .then((source) => {
        const thread = new NodeWorker(prelude + source, { eval: true });
        thread.on('message', (data) => this.onmessage?.({ data }));
        thread.on('error', (error) => this.onerror?.({ message: String(error) }));
        thread.unref();
        return thread;
      });
  }

  postMessage(message) {
    this.#thread.then((thread) => thread.postMessage(message));
  }

  terminate() {
    this.#thread.then((thread) => thread.terminate());
  }
}

/** Gives the process a Worker, and says how many threads there are. */
export function installWorker(threads) {
  globalThis.Worker = BrowserWorker;
  Object.defineProperty(globalThis, 'navigator', {
    value: { hardwareConcurrency: threads },
    configurable: true,
  });
}
