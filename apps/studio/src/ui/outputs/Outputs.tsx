import type { Output } from '../../cell/output.ts';
import type { Faces } from '../../faces/faces.ts';
import { AudioView } from './AudioView.tsx';
import { ExplanationView } from './ExplanationView.tsx';
import { ImageView } from './ImageView.tsx';
import { joinText } from './joinText.ts';
import { PlotView } from './PlotView.tsx';
import { TableView } from './TableView.tsx';
import { TensorView } from './TensorView.tsx';
import './outputs.css';

/** Asks for the faces of an element of a tensor that a cell has shown. Without it, numbers are only numbers. */
export type FindFaces = (output: number, index: number, value: number) => Promise<Faces>;

/** What a cell has shown, in order. */
export function Outputs({ outputs, findFaces }: { outputs: readonly Output[]; findFaces?: FindFaces }) {
  return (
    <div className="outputs">
      {joinText(outputs).map((output, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: outputs are only ever added at the end.
        <OutputView key={i} output={output} findFaces={findFaces} />
      ))}
    </div>
  );
}

/** One of them. */
export function OutputView({
  output,
  findFaces,
  beside,
}: {
  output: Output;
  findFaces?: FindFaces | undefined;
  /** What it is compared with. */
  beside?: Output | null | undefined;
}) {
  switch (output.kind) {
    case 'text':
      return <pre className={`text-${output.stream}`}>{output.text}</pre>;
    case 'tensor':
      return (
        <TensorView
          output={output}
          findFaces={findFaces}
          beside={beside?.kind === 'tensor' ? beside : undefined}
        />
      );
    case 'table':
      return <TableView output={output} />;
    case 'plot':
      return <PlotView output={output} />;
    case 'image':
      return <ImageView output={output} />;
    case 'audio':
      return <AudioView output={output} />;
    case 'explanation':
      return <ExplanationView output={output} />;
  }
}
