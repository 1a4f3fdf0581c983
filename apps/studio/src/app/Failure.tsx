import { Component, type ErrorInfo, type ReactNode } from 'react';
import { appMessages } from './messages.ts';
import { useLocale } from './preferences.tsx';

function Message({ error }: { error: Error }) {
  const t = appMessages(useLocale());
  return (
    <div className="wrap page">
      <h1>{t('failed')}</h1>
      <p className="lead">{t('failedText')}</p>
      <pre className="mini">{String(error.message)}</pre>
      <p className="row page-actions">
        <button type="button" className="btn go" onClick={() => location.reload()}>
          {t('reload')}
        </button>
        <a className="btn" href="/">
          {t('home')}
        </a>
      </p>
    </div>
  );
}

/** Keeps a page that fails from taking the whole Studio with it. */
export class FailureBoundary extends Component<{ children: ReactNode }, { error: Error | null }> {
  override state: { error: Error | null } = { error: null };

  static getDerivedStateFromError(error: unknown) {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  override componentDidCatch(error: Error, info: ErrorInfo) {
    console.error(error, info.componentStack);
  }

  override render() {
    return this.state.error ? <Message error={this.state.error} /> : this.props.children;
  }
}
