import { Check, Pencil, Trash2 } from 'lucide-react';
import { memo, useState } from 'react';
import { Button, Dialog, DialogTrigger, Heading, Modal, ModalOverlay } from 'react-aria-components';
import { useLocale } from '../../app/preferences.tsx';
import { formatFixed, formatInteger, formatMemory } from '../../i18n/numbers.ts';
import type { LabController, LabState } from './controller.ts';
import { gptMessages } from './messages.ts';
import type { KeptRun } from './storage.ts';

/** The runs that are kept in this browser: opened, named and deleted. */
interface RunsProps {
  runs: LabState['runs'];
  openId: string | null;
  busy: boolean;
  controller: LabController;
}

export const Runs = memo(function Runs({ runs, openId, busy, controller }: RunsProps) {
  const t = gptMessages(useLocale());
  return (
    <section className="runs" aria-labelledby="gpt-runs">
      <h3 id="gpt-runs">{t('runs')}</h3>
      {runs.length === 0 ? (
        <p className="hint">{t('noRuns')}</p>
      ) : (
        <ul className="run-list">
          {runs.map((run) => (
            <RunRow key={run.id} run={run} open={run.id === openId} busy={busy} controller={controller} />
          ))}
        </ul>
      )}
    </section>
  );
});

function RunRow({
  run,
  open,
  busy,
  controller,
}: {
  run: KeptRun;
  open: boolean;
  busy: boolean;
  controller: LabController;
}) {
  const locale = useLocale();
  const t = gptMessages(locale);
  const [typed, setTyped] = useState<string | null>(null);
  const { name } = run.about;
  const finish = () => {
    const chosen = typed?.trim().slice(0, 80);
    setTyped(null);
    if (chosen && chosen !== name) void controller.rename(run.id, chosen);
  };
  return (
    <li className={open ? 'on' : undefined}>
      {typed === null ? (
        <button
          type="button"
          className="run-open"
          aria-current={open ? 'true' : undefined}
          aria-label={t('openRun', { name })}
          disabled={busy}
          onClick={() => !open && void controller.openRun(run.id)}
        >
          <strong>{name}</strong>
          <span className="small muted">
            {open
              ? t('openNow')
              : [
                  t('runLine', {
                    step: formatInteger(locale, run.step),
                    steps: formatInteger(locale, run.steps),
                  }),
                  ...(run.loss === null ? [] : [t('runLoss', { loss: formatFixed(locale, run.loss, 2) })]),
                  formatMemory(locale, run.bytes),
                ].join(' · ')}
          </span>
        </button>
      ) : (
        <form
          className="run-name"
          onSubmit={(event) => {
            event.preventDefault();
            finish();
          }}
        >
          <input
            className="inp"
            aria-label={t('name')}
            maxLength={80}
            value={typed}
            // biome-ignore lint/a11y/noAutofocus: the learner has just asked to type here.
            autoFocus
            onChange={({ target }) => setTyped(target.value)}
            onKeyDown={(event) => event.key === 'Escape' && setTyped(null)}
          />
          <button type="submit" className="btn plain icon sm" aria-label={t('done')}>
            <Check className="i" aria-hidden />
          </button>
        </form>
      )}
      {typed === null && (
        <span className="run-tools">
          <button
            type="button"
            className="btn plain icon sm"
            aria-label={`${t('rename')}: ${name}`}
            onClick={() => setTyped(name)}
          >
            <Pencil className="i" aria-hidden />
          </button>
          <DialogTrigger>
            <Button className="btn plain icon sm" aria-label={t('deleteNamed', { name })}>
              <Trash2 className="i" aria-hidden />
            </Button>
            <ModalOverlay className="overlay" isDismissable>
              <Modal className="modal">
                <Dialog role="alertdialog" className="dlg pad">
                  {({ close }) => (
                    <>
                      <Heading slot="title">{t('deleteTitle', { name })}</Heading>
                      <p>{t('deleteText')}</p>
                      <div className="row">
                        <Button
                          className="btn danger"
                          onPress={() => {
                            close();
                            void controller.remove(run.id);
                          }}
                        >
                          {t('deleteIt')}
                        </Button>
                        <Button className="btn" onPress={close} autoFocus>
                          {t('keepIt')}
                        </Button>
                      </div>
                    </>
                  )}
                </Dialog>
              </Modal>
            </ModalOverlay>
          </DialogTrigger>
        </span>
      )}
    </li>
  );
}
