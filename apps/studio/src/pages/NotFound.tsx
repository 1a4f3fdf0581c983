import { Link, useLocation } from 'wouter';
import { appMessages } from '../app/messages.ts';
import { useLocale } from '../app/preferences.tsx';

export default function NotFound() {
  const t = appMessages(useLocale());
  const [location] = useLocation();
  return (
    <div className="wrap page">
      <h1>{t('notFound')}</h1>
      <p className="lead">{t('notFoundText', { path: location })}</p>
      <Link className="btn go" href="/">
        {t('home')}
      </Link>
    </div>
  );
}
