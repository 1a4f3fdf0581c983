import { Download, FolderOpen, Package } from 'lucide-react';
import { memo } from 'react';
import { useLocale } from '../../app/preferences.tsx';
import { saveFile } from '../../ui/saveFile.ts';
import type { LabController } from './controller.ts';
import { gptMessages } from './messages.ts';

/** A name as the file of its run has it: see `fileNameOf`, which the worker uses. */
const slug = (name: string): string =>
  name
    .normalize('NFD')
    .replace(/\p{Diacritic}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 60) || 'gpt';

/** The same run in the terminal, and back. */
export const Terminal = memo(function Terminal({
  name,
  controller,
}: {
  /** Of the run that is open. */
  name: string | null;
  controller: LabController;
}) {
  const t = gptMessages(useLocale());
  const take = (list: FileList | null) => {
    if (list && list.length > 0) void controller.importRun([...list]);
  };
  const folder = name === null ? null : slug(name);
  return (
    <section className="to-terminal" aria-labelledby="gpt-terminal">
      <h3 id="gpt-terminal">{t('terminal')}</h3>
      {folder && (
        <>
          <p className="hint">{t('terminalText')}</p>
          <pre className="terminal-lines">
            <code>{`npx lumbre train --resume ${folder}\nnpx lumbre generate ${folder}`}</code>
          </pre>
          <button
            type="button"
            className="btn sm"
            onClick={async () => {
              const zip = await controller.pack();
              if (zip) saveFile(`${folder}.zip`, zip);
            }}
          >
            <Download className="i" aria-hidden /> {t('download')}
          </button>
        </>
      )}
      <p className="hint">{t('terminalBack')}</p>
      <div className="row">
        <label className="btn sm file-button">
          <Package className="i" aria-hidden /> {t('openZip')}
          <input
            type="file"
            accept=".zip,.txt"
            multiple
            className="sr"
            onChange={({ target }) => {
              take(target.files);
              target.value = '';
            }}
          />
        </label>
        <label className="btn sm file-button">
          <FolderOpen className="i" aria-hidden /> {t('openFolder')}
          <input
            type="file"
            multiple
            className="sr"
            ref={(element) => element?.setAttribute('webkitdirectory', '')}
            onChange={({ target }) => {
              take(target.files);
              target.value = '';
            }}
          />
        </label>
      </div>
    </section>
  );
});
