import { useState } from 'react';
import { Button, Dialog, DialogTrigger, Heading, Modal, ModalOverlay } from 'react-aria-components';
import { measureMachine, useMachine } from '../../app/machine.ts';
import { usePreferences } from '../../app/preferences.tsx';
import { locales } from '../../i18n/locale.ts';
import { catalog } from '../../i18n/messages.ts';
import { formatFixed } from '../../i18n/numbers.ts';
import { replaceAll } from '../../progress/database.ts';
import { openProgress } from '../../progress/store.ts';
import { useToast } from '../../ui/Toasts.tsx';
import { useTitle } from '../../ui/useTitle.ts';
import en from './messages.en.json';
import es from './messages.es.json';

const messages = catalog({ es, en });
const themes = ['system', 'light', 'dark'] as const;

export default function SettingsPage() {
  const { locale, theme, setLocale, setTheme } = usePreferences();
  const t = messages(locale);
  useTitle(t('title'));
  return (
    <div className="wrap page settings">
      <h1>{t('title')}</h1>
      <section>
        <h2>{t('language')}</h2>
        <fieldset className="seg">
          <legend className="sr">{t('language')}</legend>
          {locales.map((code) => (
            <label key={code} lang={code}>
              <input type="radio" name="locale" checked={locale === code} onChange={() => setLocale(code)} />
              {code === 'es' ? 'Español' : 'English'}
            </label>
          ))}
        </fieldset>
      </section>
      <section>
        <h2>{t('theme')}</h2>
        <fieldset className="seg">
          <legend className="sr">{t('theme')}</legend>
          {themes.map((each) => (
            <label key={each}>
              <input type="radio" name="theme" checked={theme === each} onChange={() => setTheme(each)} />
              {t(each)}
            </label>
          ))}
        </fieldset>
      </section>
      <MachineSection />
      <ProgressSection />
    </div>
  );
}

function MachineSection() {
  const { locale } = usePreferences();
  const t = messages(locale);
  const machine = useMachine();
  const [measuring, setMeasuring] = useState(false);
  const measure = async () => {
    setMeasuring(true);
    try {
      await measureMachine();
    } finally {
      setMeasuring(false);
    }
  };
  return (
    <section>
      <h2>{t('machine')}</h2>
      <p className="muted">{t('machineText')}</p>
      {machine && (
        <dl className="figures">
          <div>
            <dt>{t('gflops')}</dt>
            <dd className="num">{formatFixed(locale, machine.gflops, 0)} GFLOP/s</dd>
          </div>
          <div>
            <dt>{t('gigabytes')}</dt>
            <dd className="num">{formatFixed(locale, machine.gigabytes, 1)} GB/s</dd>
          </div>
          <div>
            <dt>{t('threads')}</dt>
            <dd className="num">{machine.threads}</dd>
          </div>
        </dl>
      )}
      <p className="row">
        <button type="button" className="btn" disabled={measuring} onClick={() => void measure()}>
          {measuring ? t('measuring') : t('measure')}
        </button>
        {machine && (
          <span className="small muted">
            {t('measured', {
              date: new Date(machine.measured).toLocaleDateString(locale, { dateStyle: 'long' }),
            })}
          </span>
        )}
      </p>
    </section>
  );
}

function ProgressSection() {
  const { locale } = usePreferences();
  const t = messages(locale);
  const toast = useToast();
  const erase = async () => {
    await replaceAll({ lessons: {}, cards: {}, code: {} });
    await openProgress();
    toast(t('erased'));
  };
  return (
    <section>
      <h2>{t('progress')}</h2>
      <p className="muted">{t('progressText')}</p>
      <DialogTrigger>
        <Button className="btn danger">{t('erase')}</Button>
        <ModalOverlay className="overlay" isDismissable>
          <Modal className="modal">
            <Dialog role="alertdialog" className="dlg pad">
              {({ close }) => (
                <>
                  <Heading slot="title">{t('erase')}</Heading>
                  <p>{t('eraseAsk')}</p>
                  <div className="row">
                    <Button
                      className="btn danger"
                      onPress={() => {
                        close();
                        void erase();
                      }}
                    >
                      {t('eraseYes')}
                    </Button>
                    <Button className="btn" onPress={close} autoFocus>
                      {t('eraseNo')}
                    </Button>
                  </div>
                </>
              )}
            </Dialog>
          </Modal>
        </ModalOverlay>
      </DialogTrigger>
    </section>
  );
}
