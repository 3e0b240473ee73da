// Times as the page shows them: always Shanghai's, counted by the service's clock and not by the browser's.

const zone = { timeZone: "Asia/Shanghai" };
const clock = new Intl.DateTimeFormat("zh-CN", { ...zone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const dayKey = new Intl.DateTimeFormat("zh-CN", { ...zone, dateStyle: "short" });
const dayName = new Intl.DateTimeFormat("zh-CN", { ...zone, month: "long", day: "numeric", weekday: "short" });

let aheadMs = 0;

/** Learn what the service's clock says now. */
export function setNow(iso) {
  aheadMs = Date.parse(iso) - Date.now();
}

export const now = () => Date.now() + aheadMs;

/** 14:05 today, else 11月23日周一 14:05. */
export function sayTime(iso) {
  const at = new Date(iso);
  const isToday = dayKey.format(at) === dayKey.format(now());
  return isToday ? clock.format(at) : `${dayName.format(at)} ${clock.format(at)}`;
}

/** 01:59:43, with days in front where there are any. */
export function saySpan(ms) {
  const seconds = Math.floor(Math.abs(ms) / 1000);
  const two = (number) => String(number).padStart(2, "0");
  const days = Math.floor(seconds / 86400);
  const hours = Math.floor((seconds % 86400) / 3600);
  const rest = `${two(hours)}:${two(Math.floor((seconds % 3600) / 60))}:${two(seconds % 60)}`;
  return days ? `${days} 天 ${rest}` : rest;
}

/** 1 小时 5 分钟; less than a minute in seconds. */
export function sayLength(ms) {
  const seconds = Math.round(Math.abs(ms) / 1000);
  if (seconds < 60) return `${seconds} 秒`;
  const minutes = Math.round(seconds / 60);
  const hours = Math.floor(minutes / 60);
  return [hours ? `${hours} 小时` : "", minutes % 60 ? `${minutes % 60} 分钟` : ""].filter(Boolean).join(" ");
}
