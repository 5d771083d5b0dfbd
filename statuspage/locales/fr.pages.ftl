### Pages: incidents, history, monitoring, who is affected. Espaces insécables comme dans fr.ftl.

## Où aller

navigation = Navigation
history = Historique
monitoring = Surveillance
calendar = Calendrier
month-title = { $month } { $year }

## Incidents et maintenance, comme les pages les montrent

going-since = depuis { $since }
lasting = { $period } ({ $span })
detected-in = détecté en { $span }
taken-on = pris en charge { $at }
declared-by-hand = déclaré par les opérateurs
stage-at = { $stage }, { $at }.
meanwhile = En attendant
next-update-late = Une information était promise avant { $time } ; elle est en retard.
news = En ce moment et bientôt
groups = Groupes de services
more-incidents = { $count ->
    [one] Et un autre incident est en cours :
   *[other] Et { $count } autres incidents sont en cours :
}
maintenance-ending = fin prévue { $at }
section-updates = Suivi
section-chronology = Chronologie mesurée
section-chronology-declared = Chronologie
section-components = Services touchés
section-related = Incidents liés
section-past = Incidents et maintenance
section-maintenance = Maintenance
by-operators = opérateurs
by-measurements = mesuré
state-change = { $name } : { $from } → { $to }
figure-detection = Détection
figure-acknowledgement = Prise en charge
figure-cause = Cause trouvée
figure-recovery = Retour à la normale
after-first-failure = après le premier échec
after-beginning = après le début
after-detection = après la détection
not-recorded = non consigné
chronology-persists = L’incident précédent est clos alors que ceci est toujours en panne
chronology-started = Premier échec mesuré
chronology-began = Début, d’après les opérateurs
chronology-detected = Panne confirmée, vue depuis { $places }
chronology-confirmed = Panne confirmée
chronology-declared = Incident déclaré
chronology-announced = Première alerte remise
chronology-reported = Premier signalement d’usagers
chronology-acknowledged = Prise en charge par les opérateurs
chronology-identified = Cause trouvée
chronology-joined = Également touché : { $services }
chronology-joined-many = { $count ->
    [one] { $count } service de plus, { $total } en tout
   *[other] { $count } services de plus, { $total } en tout
}
chronology-back = { $services } : de nouveau en service
chronology-back-many = { $count ->
    [one] { $count } service sur { $total } de nouveau en service
   *[other] { $count } services sur { $total } de nouveau en service
}
chronology-recovered = Tout fonctionne de nouveau
chronology-resolved = Incident clos
chronology-how = Un premier échec est aussitôt revérifié ; il n’est appelé panne qu’une fois confirmé, et si la plupart des lieux de mesure sont d’accord.
components-failing = { $count ->
    [0] Les { $total } fonctionnent de nouveau.
    [one] Un sur { $total } ne fonctionne pas encore normalement.
   *[other] { $count } sur { $total } ne fonctionnent pas encore normalement.
}
components-table = Les services un par un
column-service = Service
column-since = Depuis
column-back = Rétabli
column-reason = Premier échec
still-failing = pas encore
relapse-of = C’est le retour d’un incident antérieur :
relapsed-as = Il est revenu plus tard :
relapses = { $count ->
    [one] Il est revenu une fois avant d’être clos.
   *[other] Il est revenu { $count } fois avant d’être clos.
}
incidents-none = Aucun incident enregistré.
incidents-none-other = Aucun autre enregistré.
whole-history = Tout l’historique
concerns = Concerne : { $scope }.
incident-about = Ce qui s’est passé, ce qui a été mesuré et ce qui est fait, par { $site }.

## L’historique

history-about = Incidents et maintenances de { $site }, mois par mois.
history-quiet = Rien à signaler.
history-coming = À venir
history-older = Avant : { $month }
history-newer = Après : { $month }
history-latest = Les derniers mois
history-months = Mois

## Qui surveille la surveillance

watcher = Qui surveille la surveillance ?
watcher-lead = Tout ce qu’affiche ce site est mesuré de l’extérieur, comme le ferait un visiteur. Voici ce que la surveillance sait d’elle-même.
section-places = Lieux de mesure
place-reports = Transmet
place-silent = Silencieux
place-waiting = Rien encore
place-blind = Aveugle
place-blind-why = Il signale lui-même un défaut de son propre réseau : ses résultats ne comptent pas tant que cela dure.
place-waiting-why = Ajouté, mais il n’a encore rien transmis.
place-revoked = Ne compte plus
place-heard = dernier message { $at }
place-journal = { $results ->
    [one] encore { $results } mesure à recevoir
   *[other] encore { $results } mesures à recevoir
}
place-version = version { $version }
place-clock = son horloge est fausse de { $seconds } s, corrigée ici
place-drift = ses définitions ne sont pas celles d’ici
place-gaps = { $results ->
    [one] { $results } mesure manquante
   *[other] { $results } mesures manquantes
}
place-lost = { $results ->
    [one] { $results } mesure perdue
   *[other] { $results } mesures perdues
}
place-duplicates = { $results ->
    [one] { $results } mesure reçue deux fois, comptée une fois
   *[other] { $results } mesures reçues deux fois, comptées une fois
}
place-copied = { $reports ->
    [one] { $reports } rapport d’une copie : il tourne en double, ou son disque a été remis en arrière
   *[other] { $reports } rapports d’une copie : il tourne en double, ou son disque a été remis en arrière
}
place-set-back = { $times ->
    [one] son disque a été remis en arrière une fois
   *[other] son disque a été remis en arrière { $times } fois
}
place-rejected = { $reports ->
    [one] { $reports } rapport en son nom refusé
   *[other] { $reports } rapports en son nom refusés
}
place-overdue = { $probes ->
    [one] { $probes } sonde en retard
   *[other] { $probes } sondes en retard
}
place-fresh = { $fresh ->
    [one] { $fresh } sonde sur { $total } à jour
   *[other] { $fresh } sondes sur { $total } à jour
}
section-agreement = Sont-ils d’accord ?
agreement-alone = Il n’y a qu’un lieu de mesure : sa parole seule compte, et un défaut près de lui ne se distingue pas d’une panne générale.
agreement-none = Aucune question n’a de réponses récentes de deux lieux : il n’y a rien à comparer.
agreement-full = { $total ->
    [one] Une question est posée depuis plusieurs lieux, et ils sont d’accord.
   *[other] { $total } questions sont posées depuis plusieurs lieux, et ils sont d’accord sur toutes.
}
agreement-disputed = { $disputed ->
    [one] Sur { $total } questions posées depuis plusieurs lieux, ils ne sont pas d’accord sur une :
   *[other] Sur { $total } questions posées depuis plusieurs lieux, ils ne sont pas d’accord sur { $disputed } :
}
agreement-rule = Avec un seul lieu, sa parole compte ; avec deux, tous deux doivent constater la panne ; au-delà, la majorité.
and-more = et { $count } de plus
section-safeguards = Garde-fous
control-targets = Voit-elle quelque chose ?
control-set = { $count ->
    [one] Un point de repère
   *[other] { $count } points de repère
}
control-none = Aucun point de repère
control-set-why = Des sites d’ailleurs qui répondent toujours sont interrogés aussi. Quand aucun ne répond, la surveillance est aveugle, elle le dit, et n’appelle rien une panne.
control-none-why = Sans sites d’ailleurs qui répondent toujours, un défaut de son propre réseau ressemblerait à une panne générale.
dead-man = Veille extérieure
dead-man-set = En place
dead-man-none = Sans veille
dead-man-awaited = Pas encore prouvée
dead-man-failing = N’entend rien
dead-man-failing-why = Celui qui devrait remarquer l’arrêt de cette surveillance ne prend pas ses signes de vie.
dead-man-taken = Le dernier a été pris { $at }.
dead-man-set-why = Un service tiers attend chaque minute un signe de vie, envoyé tant que les mesures se font vraiment, et donne l’alerte s’il ne vient pas.
dead-man-none-why = Personne au-dehors ne remarquerait que cette surveillance s’arrête.
storage = Stockage des mesures
storage-synced = En ordre
storage-synced-why = Tout ce qui est mesuré est écrit durablement.
storage-behind = En retard
storage-behind-why = Des résultats attendent en mémoire ; les mesures et les annonces continuent.
storage-absent = Absent
storage-absent-why = Il n’y a pas de base utilisable : le passé aura un trou ; les mesures et les annonces continuent.
definitions = Ce qui est à mesurer
definitions-good = Tout est compris
definitions-bad = { $count ->
    [one] Un fichier fautif
   *[other] { $count } fichiers fautifs
}
definitions-good-why = Chaque description de service est utilisée telle qu’elle est écrite.
definitions-bad-why = Un opérateur doit le corriger ; sa dernière version juste reste en service, s’il y en a une.
proof = Mesures récentes
proof-all = { $total ->
    [0] Aucun service surveillé
    [one] Le seul service
   *[other] Les { $total } services
}
proof-some = { $fresh } services sur { $total }
proof-why = Un état n’est affiché que tant que sa dernière mesure le prouve ; ensuite, il devient gris.
section-measured = Ce qui est mesuré, et comment
measured-how = Chaque mesure ouvre sa propre connexion et chronomètre la résolution du nom, la connexion, le chiffrement, le traitement et le transfert. Un premier échec est revérifié après une demi-seconde, puis une seconde et demie ; seuls des échecs consécutifs comptent.
column-kind = Type
kind = { $kind ->
    [http] web (HTTP)
    [tcp] connexion (TCP)
    [heartbeat] signe de vie
   *[other] { $kind }
}
column-rhythm = Rythme
column-probes = Sondes
every = toutes les { $span }
by-calendar = selon un calendrier
software = Logiciel
monitoring-about = D’où { $site } est mesuré, et qui surveille la surveillance.

## Mon service est-il touché ?

affected = Mon service est-il touché ?
affected-name = Le nom de votre service
affected-example = nuage.mon-asso.fr
affected-ask = Vérifier
affected-how = Le nom exact que vous tapez dans le navigateur, et lui seul. Ce que vous saisissez n’est ni conservé ni montré à quiconque.
affected-not-a-name = Ce n’est pas le nom d’un service. Il ressemble à « nuage.mon-asso.fr ».
affected-yes = Oui : { $domain } est touché.
affected-no = Nous ne connaissons aucune perturbation pour { $domain }.
affected-no-why = Nous répondons ainsi pour tout nom dont rien ne va mal, hébergé ici ou non : qui est hébergé ne regarde que lui. Si cela ne fonctionne pourtant pas chez vous, dites-le-nous.
affected-blind = Nous ne pouvons rien dire de { $domain }.
affected-blind-why = Les mesures n’arrivent plus : nous ne pouvons le dire d’aucun nom. Réessayez dans quelques minutes.
affected-bookmark = Gardez cette réponse sous la main :
affected-about = Saisissez le nom de votre service pour savoir si un incident connu le touche.
read-postmortem = Lire le récit de l’incident (post-mortem)
channels-proven = Peut-on joindre les opérateurs ?
channels-why = Les alertes partent par ces voies. Une voie est prouvée quand elle a accepté un message ou un exercice.
mail-letters = Courriels aux abonnés
mail-good = Partent
mail-idle-word = Rien à envoyer
mail-unproven = Pas encore prouvé
mail-proven = Un serveur de courrier s’est dit prêt à en prendre un pour la dernière fois { $at }.
mail-failing = Ne partent pas
mail-failing-why = Aucun serveur de courrier n’en prend. { $count ->
    [0] Aucun n’attend.
    [one] Un courriel attend.
   *[other] { $count } courriels attendent.
}
mail-waits-word = En attente
channel-proven = dernière preuve { $at }
channel-good = Prouvé
channel-none = Pas encore prouvé
channel-failing = En panne
channel-failing-why = les messages ne passent plus depuis { $when }

beat-heard = signe de vie
beat-last = dernier { $when }

## The watch over the monitoring

detection = Les pannes sont-elles reconnues ?
detection-proven = Oui, c’est prouvé
detection-broken = Plus maintenant
detection-unproven = Pas prouvé
detection-why = Des cibles à nous, l’une toujours en panne, l’une toujours bonne et l’une toujours muette, doivent sans cesse être reconnues comme telles. Sinon rien de ce qui est dit bon n’est à croire.
parts = Ses propres parties
parts-alive = Toutes en marche
parts-restarting = Redémarrées sans cesse
parts-late = Lentes
parts-why = Chaque partie de la surveillance donne plusieurs signes de vie par minute. Si l’une se tait pendant une demi-minute, la surveillance est relancée.
means = De quoi elle vit
means-enough = Tout en suffisance
means-disk = disque
means-memory = mémoire
means-descriptors = connexions
means-clock = horloge
means-why = Son disque, sa mémoire, ses connexions et son horloge sont surveillés, et les opérateurs sont prévenus avant que rien ne manque.
watch-degraded = La surveillance elle-même a un défaut : ce qui est affiché ici peut être faux.
means-short = Il manque : { $what }

## The page of an outpost

upstream = La page principale
upstream-heard = La page principale { $address } répond : ce qu’elle dit date de moins de trois minutes.
upstream-silent = La page principale { $address } est muette depuis { $since }, soit { $span }.
upstream-unsure = La page principale { $address } n’a pas encore répondu.
upstream-never = Elle n’a jamais répondu d’ici.
upstream-said = Son dernier mot, { $at } :
upstream-whole = En détail
upstream-history = Ce qui suit est mesuré par { $place }, et les opérateurs en sont avertis entre-temps.
upstream-here = Ce qui suit est mesuré par { $place } ; c’est la page principale qui fait foi.
upstream-services = Les services, selon elle
