import {
  BookOpen,
  FlaskConical,
  HardDrive,
  Layers,
  Map as MapIcon,
  Moon,
  Search,
  Settings,
  Sun,
  TriangleAlert,
} from 'lucide-react';
import { Link, useLocation } from 'wouter';
import { locales } from '../i18n/locale.ts';
import { Logo } from '../ui/Logo.tsx';
import { appMessages } from './messages.ts';
import { usePreferences } from './preferences.tsx';
import { useDark } from './theme.ts';

const places = [
  { path: '/', label: 'path', icon: MapIcon, under: ['/lesson'] },
  { path: '/labs', label: 'laboratories', icon: FlaskConical, under: [] },
  { path: '/cards', label: 'cards', icon: Layers, under: [] },
  { path: '/failures', label: 'failures', icon: TriangleAlert, under: [] },
  { path: '/glossary', label: 'glossary', icon: BookOpen, under: [] },
] as const;

export function Header() {
  const { locale, setLocale, setTheme } = usePreferences();
  const t = appMessages(locale);
  const dark = useDark();
  const [location] = useLocation();
  const isHere = (path: string, under: readonly string[]) =>
    location === path || [path, ...under].some((root) => root !== '/' && location.startsWith(`${root}/`));
  return (
    <header className="top">
      <div className="wrap">
        <Link className="brand" href="/" aria-label="Lumbre">
          <Logo />
          <span>Lumbre</span>
        </Link>
        <nav className="nav" aria-label={t('main')}>
          {places.map(({ path, label, icon: Icon, under }) => (
            <Link key={path} href={path} aria-current={isHere(path, under) ? 'page' : undefined}>
              <Icon className="i" aria-hidden />
              <span>{t(label)}</span>
            </Link>
          ))}
        </nav>
        <div className="end">
          <span className="local">
            <HardDrive className="i" aria-hidden /> {t('local')}
          </span>
          <Link className="btn plain icon" href="/search" aria-label={t('search')}>
            <Search className="i" aria-hidden />
          </Link>
          <fieldset className="seg language">
            <legend className="sr">{t('language')}</legend>
            {locales.map((code) => (
              <button
                type="button"
                key={code}
                lang={code}
                aria-pressed={locale === code}
                aria-label={code === 'es' ? 'ES, español' : 'EN, English'}
                onClick={() => setLocale(code)}
              >
                {code.toUpperCase()}
              </button>
            ))}
          </fieldset>
          <button
            type="button"
            className="btn plain icon"
            aria-label={dark ? t('toLight') : t('toDark')}
            onClick={() => setTheme(dark ? 'light' : 'dark')}
          >
            {dark ? <Sun className="i" aria-hidden /> : <Moon className="i" aria-hidden />}
          </button>
          <Link className="btn plain icon" href="/settings" aria-label={t('settings')}>
            <Settings className="i" aria-hidden />
          </Link>
        </div>
      </div>
    </header>
  );
}
