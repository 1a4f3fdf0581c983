/** Models behind OpenAI's interface: `lumbre serve`. In Node alone. */
export { type ServeAppOptions, serveApp } from './app.ts';
export { type Listening, listen } from './listen.ts';
export { asGPT2, type CreationParts, openCreation } from './openCreation.ts';
export { openPretrained, servedWriter } from './openPretrained.ts';
export type { ServedModel, ServedModelOptions } from './servedModel.ts';
