const LEAST = 15;
const MOST = 35;
const ZERO_CELSIUS = 273.15; // K

/**
 * What counts as room temperature: the window in which the Liverpool database of lithium conductivities takes it,
 * Hargreaves et al., npj Comput. Mater. 9, 9 (2023), doi:10.1038/s41524-022-00951-z. From its middle to its ends a
 * conductivity with an activation energy of 0.4 eV changes by 0.2 decades, less than one laboratory differs from another.
 */
export const ROOM_TEMPERATURE = `room temperature (${LEAST} to ${MOST} °C)`;

/** Whether it is room temperature, by whole degrees: 288 K is. @param celsius °C */
export function isRoomTemperature(celsius: number): boolean {
  const degrees = Math.round(celsius);
  return degrees >= LEAST && degrees <= MOST;
}

/** A temperature in °C. @param unit `C` or `K` */
export function toCelsius(value: number, unit: string): number {
  return unit === 'K' ? value - ZERO_CELSIUS : value;
}

/** A temperature in K. @param celsius °C */
export function toKelvin(celsius: number): number {
  return celsius + ZERO_CELSIUS;
}
