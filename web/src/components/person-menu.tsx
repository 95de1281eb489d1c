import { Menu, useComputedColorScheme, useMantineColorScheme } from '@mantine/core'
import { IconChevronDown, IconKeyboard, IconLayoutList, IconLogout, IconMoon, IconSun, IconUser } from '@tabler/icons-react'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { toggleDensity, useDensity } from '#services/density.ts'
import { isRefusal } from '#services/http.ts'
import { openKeys } from '#services/keys.ts'
import { roleWord, sessionQuery, signOut } from '#services/session.ts'
import styles from '#components/person-menu.module.css'

const initials = (name: string) =>
  name
    .split(/\s+/)
    .map((part) => part[0] ?? '')
    .filter((_, at, all) => at === 0 || at === all.length - 1)
    .join('')

/** Signs out; `stays` when no answer came, for whoever walks away then must know that the session goes on. */
const useLeave = () => {
  const queries = useQueryClient()
  const navigate = useNavigate()
  const [stays, setStays] = useState(false)
  const leave = async () => {
    const ended = await signOut().then(
      () => true,
      // refused: it had ended before
      (error: unknown) => isRefusal(error, 401),
    )
    setStays(!ended)
    if (!ended) return
    queries.clear()
    await navigate({ to: '/signin', search: {} })
  }
  return { stays, leave, calm: () => setStays(false) }
}

export const PersonMenu = () => {
  const { data } = useQuery(sessionQuery)
  const navigate = useNavigate()
  const { setColorScheme } = useMantineColorScheme()
  const scheme = useComputedColorScheme('light')
  const density = useDensity()
  const { stays, leave, calm } = useLeave()
  if (!data) return null
  return (
    <>
      {stays && (
        <span role="alert" className={styles.stays}>
          Still signed in: no answer. Try again.
        </span>
      )}
      <Menu width={240} onOpen={calm}>
        <Menu.Target>
          <button type="button" className={styles.person}>
            <span className={styles.face} aria-hidden="true">
              {initials(data.person.name)}
            </span>
            <span className={styles.words}>
              <b>{data.person.name}</b>
              <span>{roleWord(data.roles[0])}</span>
            </span>
            <IconChevronDown size={15} stroke={1.75} aria-hidden="true" />
          </button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconUser size={16} />} onClick={() => void navigate({ to: '/me' })}>
            Me and my password
          </Menu.Item>
          <Menu.Item
            leftSection={scheme === 'dark' ? <IconSun size={16} /> : <IconMoon size={16} />}
            onClick={() => setColorScheme(scheme === 'dark' ? 'light' : 'dark')}
          >
            {scheme === 'dark' ? 'Light theme' : 'Dark theme'}
          </Menu.Item>
          <Menu.Item leftSection={<IconLayoutList size={16} />} onClick={toggleDensity}>
            {density === 'compact' ? 'Comfortable rows' : 'Compact rows'}
          </Menu.Item>
          <Menu.Item leftSection={<IconKeyboard size={16} />} onClick={openKeys}>
            Keyboard
          </Menu.Item>
          <Menu.Divider />
          <Menu.Item leftSection={<IconLogout size={16} />} onClick={() => void leave()}>
            Sign out
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </>
  )
}
