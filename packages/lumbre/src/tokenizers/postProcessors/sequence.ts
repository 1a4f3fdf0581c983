import type { Encoding } from '../encoding.ts';
import type { PostProcessor } from './postProcessor.ts';

/** Post-processors one after the other. */
export class Sequence implements PostProcessor {
  readonly processors: readonly PostProcessor[];

  constructor(processors: readonly PostProcessor[]) {
    this.processors = processors;
  }

  addedTokens(isPair: boolean): number {
    return this.processors.reduce((sum, processor) => sum + processor.addedTokens(isPair), 0);
  }

  process(encodings: Encoding[], addSpecialTokens: boolean): Encoding[] {
    let current = encodings;
    for (const processor of this.processors) current = processor.process(current, addSpecialTokens);
    return current;
  }

  toJSON(): { type: 'Sequence'; processors: unknown[] } {
    return { type: 'Sequence', processors: this.processors.map((processor) => processor.toJSON()) };
  }
}
