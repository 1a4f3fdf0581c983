/** What a training run tells those who watch it. */
export type TrainEvent =
  | {
      readonly type: 'step';
      /** Steps made, this one included. */
      readonly step: number;
      readonly steps: number;
      /** The loss on this step's batch, in nats a token, before the step. */
      readonly loss: number;
      readonly lr: number;
      /** The norm of the gradient before clipping. */
      readonly gradNorm: number;
      readonly tokensPerSecond: number;
      readonly secondsLeft: number;
    }
  | {
      readonly type: 'validation';
      readonly step: number;
      readonly loss: number;
      /** Whether it is the lowest so far. */
      readonly best: boolean;
    }
  | { readonly type: 'sample'; readonly step: number; readonly tokens: readonly number[] }
  | { readonly type: 'checkpoint'; readonly step: number; readonly bytes: Uint8Array };

export type TrainListener = (event: TrainEvent) => void | Promise<void>;

/** Why a run ended: all steps made, or stopped before. */
export type TrainEnd = 'finished' | 'stopped';
