// Numbers as people read them. English and fixed, without Intl: a line a URL, for millions of URLs.

const UNITS = ['KiB', 'MiB', 'GiB', 'TiB', 'PiB'];

/** `1234567` as `1,234,567`. */
export function formatNumber(number: number): string {
  const digits = String(Math.round(number));
  if (digits.length <= 3) return digits;
  let grouped = digits.slice(-3);
  let end = digits.length - 3;
  for (; end > 3; end -= 3) grouped = `${digits.slice(end - 3, end)},${grouped}`;
  return `${digits.slice(0, end)},${grouped}`;
}

/** `1 chunk`, `1,234 chunks`. */
export function formatCount(count: number, noun: string): string {
  return count === 1 ? `1 ${noun}` : `${formatNumber(count)} ${noun}s`;
}

/** To the byte: `4,096 B`. */
export function formatBytes(bytes: number): string {
  return `${formatNumber(bytes)} B`;
}

/** To two or three digits, in powers of 1,024: `1.2 MiB`. */
export function formatSize(bytes: number): string {
  if (bytes < 1024) return formatBytes(bytes);
  let value = bytes / 1024;
  let unit = 0;
  // 1023.5 would be shown as 1,024 of the smaller unit.
  while (value >= 1023.5 && unit < UNITS.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${value < 999.95 ? value.toFixed(1) : formatNumber(value)} ${UNITS[unit]}`;
}

/** `1.2 MiB/s`. */
export function formatRate(bytesPerSecond: number): string {
  return `${formatSize(bytesPerSecond)}/s`;
}

/** `12 ms`, `0.61 s`, `12.3 s`, `2 m 05 s`, `1 h 02 m`, `3 d 04 h`. */
export function formatDuration(seconds: number): string {
  if (seconds < 0.0995) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 9.995) return `${seconds.toFixed(2)} s`;
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return pair(whole, 60, 'm', 's');
  const minutes = Math.round(seconds / 60);
  return minutes < 1440 ? pair(minutes, 60, 'h', 'm') : pair(Math.round(seconds / 3600), 24, 'd', 'h');
}

function pair(count: number, per: number, large: string, small: string): string {
  return `${formatNumber(Math.floor(count / per))} ${large} ${String(count % per).padStart(2, '0')} ${small}`;
}

/** How many times as fast: `4.8x faster`; below one, `0.85x as fast`. */
export function formatSpeedup(speedup: number): string {
  if (speedup < 1.05) return `${speedup.toFixed(2)}x as fast`;
  return `${speedup < 99.95 ? speedup.toFixed(1) : formatNumber(speedup)}x faster`;
}
