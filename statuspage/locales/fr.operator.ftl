### Français, pour les opérateurs.

operator-title = Opérateurs
operator-sign-in = Se connecter
operator-sign-in-text = Pour les personnes qui exploitent ces services. Les visiteurs n’ont pas besoin de compte.
operator-name = Nom
operator-password = Mot de passe
operator-no-accounts = Personne n’a encore de compte. Lancez « statuspage operator add NOM » sur la machine du moniteur et ajoutez au fichier de réglages ce qui s’affiche : c’est pris en compte en quelques secondes
operator-wrong = Ce nom et ce mot de passe ne vont pas ensemble. Vérifiez les deux, puis réessayez.
operator-wait = Trop de tentatives. Réessayez dans { $span }.
operator-busy = Beaucoup de connexions en ce moment. Réessayez dans quelques secondes.
operator-in-the-clear = Un mot de passe ne voyage pas en clair : ouvrez cette page en https. Derrière un mandataire qui fait le TLS, inscrivez son réseau dans « trusted_proxies » et faites-lui envoyer X-Forwarded-Proto
operator-foreign = Ce formulaire ne vient pas de cette page, ou la session est finie : rien n’a été changé. Rouvrez la page et recommencez. Derrière un mandataire, « public_url » doit être l’adresse que vous voyez
operator-too-large = Le formulaire est plus grand que tous les nôtres : rien n’a été changé
operator-back = Retour
operator-signed-in-as = Connecté comme { $name }
operator-sign-out = Se déconnecter
operator-now = Ce qui ne va pas maintenant
operator-all-well = Tous les services fonctionnent, d’après nos mesures.
operator-since = depuis { $since }
operator-evidence = Ce qui a été mesuré
operator-evidence-note = Seuls les opérateurs voient ceci.
operator-address = Adresse
operator-addresses = Toutes les adresses
operator-chain = Certificat
operator-issued = { $subject }, délivré par { $issuer }, valable du { $from } au { $to }
operator-head = En-têtes de la réponse
operator-first = Les premiers échecs
operator-first-more = { $count ->
    [one] De { $count } autre service, seuls les résultats sont conservés.
   *[other] Des { $count } autres services, seuls les résultats sont conservés.
}
operator-certificate = Fin du certificat
operator-answer = Réponse
operator-redirects = Redirections
operator-phases = Où le temps a passé
operator-phase = { $phase ->
    [resolve] résolution du nom
    [connect] connexion
    [tls] chiffrement
    [processing] attente de la réponse
    [transfer] transfert
   *[other] { $phase }
} { $span }
operator-sample = Ce que la sonde a noté
operator-observed = Constaté
operator-monitor = La surveillance elle-même
operator-monitor-well = Aucun défaut connu.
operator-store-behind = La base de données est en retard : les résultats attendent en mémoire, et les actions des opérateurs ne peuvent pas être prises pour l’instant.
operator-store-absent = Aucune base de données utilisable : les mesures et les alertes continuent, les actions des opérateurs ne peuvent pas être prises.
operator-location = Lieu de mesure { $place } : { $state }
operator-quarantined = { $file } contient des erreurs et n’est pas utilisé
operator-quarantined-kept = { $file } contient des erreurs et n’est pas utilisé ; { $component } continue avec sa dernière version correcte
operator-subscribers = Abonnés par courriel : { $confirmed } confirmés, { $asked } pas encore confirmés, { $quarantined } dont la boîte refuse nos courriels. « statuspage subscribers list » les montre.
operator-incidents = Incidents en cours
operator-no-incidents = Aucun incident en cours.
operator-resolved-incidents = Résolus récemment
operator-services = { $count ->
    [one] { $count } service
   *[other] { $count } services
}
operator-acknowledge = Prendre en charge
operator-acknowledged = Pris en charge par { $name }, { $at }
operator-not-acknowledged = Personne ne l’a encore pris en charge.
operator-lead-operators = Les opérateurs ont la main : il reste ouvert jusqu’à ce que vous le déclariez résolu.
operator-lead-measurements = Les mesures ont la main : il se clôt de lui-même quand tout a remarché un moment.
operator-promise = Prochaine nouvelle promise avant { $at }
operator-promise-lapsed = La nouvelle promise avant { $at } est en retard
operator-say = Publier une nouvelle
operator-stage = Étape
operator-text-in = Texte { $language ->
    [fr] en français
   *[other] en anglais
}
operator-text-hint = En Markdown. Si vous n’en remplissez qu’un, tout le monde lit celui-là.
operator-title-in = Titre { $language ->
    [fr] en français
   *[other] en anglais
}
operator-title-hint = Laissé vide, le titre reste tel quel.
operator-workaround-in = Solution provisoire { $language ->
    [fr] en français
   *[other] en anglais
}
operator-workaround-hint = Comment les usagers peuvent se débrouiller en attendant. Laissé vide, il n’y en a plus.
operator-next-update = Prochaine nouvelle avant
operator-time-hint = Heure de { $zone }. Laissé vide, rien n’est promis.
operator-publish = Publier
operator-told = Noter quand des usagers nous ont prévenus
operator-told-at = Quand
operator-told-since = Prévenus par des personnes, { $at }
operator-note = Noter l’heure
operator-link = C’est le retour d’un incident antérieur
operator-link-none = Non, c’est un nouvel incident
operator-linked = Retour de : { $title }
operator-save = Enregistrer
operator-release = Rendre la main aux mesures
operator-release-hint = L’incident se clôt alors de lui-même quand tout a remarché un moment.
operator-open = Ouvrir un incident à la main
operator-open-text = Pour ce qui n’est pas mesuré, ou pas encore. La première nouvelle est publiée avec lui.
operator-started-at = Début
operator-started-hint = Heure de { $zone }. Laissé vide : maintenant.
operator-components = Quels services, et à quel point
operator-not-touched = pas touché
operator-updates = Nouvelles publiées
operator-by-monitor = la surveillance
operator-by-socket = la ligne de commande sur le serveur
operator-by-channel = qui a lu le message de { $channel }
operator-changed = Quelqu’un a été plus rapide : rien de ce que vous avez écrit n’est publié. Ce qui a changé est ci-dessous ; vos mots sont toujours dans le formulaire.
operator-changed-by = Dernier changement par { $name }, { $at }
operator-unknown-incident = Cet incident n’existe plus
operator-did-you-mean = { $refusal } : vouliez-vous dire « { $meant } » ?
operator-unknown-component = Le service « { $id } » n’existe plus
operator-is-resolved = Cet incident est résolu : ouvrez-en un autre et reliez-le
operator-cannot-link = Un incident n’est le retour ni de lui-même ni d’un plus récent
operator-try-again = La base de données est en retard : rien n’a été changé. Réessayez dans une minute.
operator-field-empty = Écrivez quelque chose ici
operator-field-long = Au plus { $most } caractères
operator-field-time = Ce n’est pas une heure comme 2026-11-22 14:05
operator-field-choice = Choisissez dans la liste
operator-field-components = Choisissez au moins un service
operator-field-skipped = L’horloge saute cette heure : elle passe de { $before } à { $after }
operator-field-twice = L’horloge montre deux fois cette heure. Écrivez { $first } pour la première, { $second } pour la seconde
operator-time-to-come = Cette heure n’est pas encore venue : donnez une heure passée
operator-time-long-ago = C’était il y a plus d’un an : vérifiez l’année
operator-time-long-before = C’est plus d’un jour avant le début de l’incident : vérifiez la date
operator-promise-past = Cette heure est passée : promettez une heure à venir, ou rien
operator-promise-far = C’est dans plus de 30 jours : promettez plus tôt
operator-promise-resolved = On ne dit plus rien de ce qui est résolu : ne promettez rien, ou laissez-le ouvert
operator-text-long = Il y a { $bytes } octets : au plus { $most } sont gardés
operator-text-invisible = Il y a là le caractère invisible { $code } : écrivez sans lui
operator-maintenance = Maintenance prévue
operator-no-maintenance = Aucune n’est prévue.
operator-all-services = tous les services
operator-more = Solution provisoire, prochaine nouvelle, titre
operator-audit = Journal des actions
operator-audit-text = Tout ce que les opérateurs ont fait ou voulu faire, le plus récent d’abord. Heures de { $zone }.
operator-audit-none = Personne n’a encore rien fait.
operator-audit-who = Qui
operator-audit-what = Quoi
operator-audit-about = À propos de
operator-audit-refused = Refusé : { $why }
operator-audit-password = ce nom et ce mot de passe ne vont pas ensemble
operator-audit-earlier = Les précédents
operator-order = { $what ->
    [open] Ouvrir un incident
    [acknowledge] Prendre en charge
    [say] Publier une nouvelle
    [release] Rendre la main aux mesures
    [reported_by_users] Noter que des personnes nous ont prévenus
    [link] Relier à un incident antérieur
    [write_field] Écrire dans le post-mortem
    [publish] Publier le post-mortem
    [withdraw] Retirer le post-mortem
    [plan_maintenance] Prévoir une maintenance
    [change_maintenance] Modifier une maintenance
    [cancel_maintenance] Annuler une maintenance
    [begin_maintenance] Commencer une maintenance
    [end_maintenance] Terminer une maintenance
    [say_maintenance] Publier une nouvelle d’une maintenance
    [sign_in] Se connecter
    [sign_out] Se déconnecter
    [foreign_form] Envoyer un formulaire étranger à la session
    [list_subscribers] Consulter les abonnements
    [import_subscribers] Importer des abonnements
    [remove_subscriber] Effacer un abonnement
    [bounce] Traiter un message revenu
    [test_channel] Essayer un canal
    [add_location] Ajouter un lieu de mesure
    [rotate_location] Préparer une autre clé pour un lieu de mesure
    [revoke_location] Révoquer un lieu de mesure
    [answer_drill] Répondre à un exercice
   *[other] { $what }
}
operator-pm = Post-mortem
operator-pm-text = Ce que les mesures peuvent remplir est rempli, et dit comment c’est mesuré. Ce que vous écrivez reste tel quel.
operator-pm-open = Cet incident, ou un retour de celui-ci, est en cours : le post-mortem se publie une fois tout résolu
operator-pm-left = { $count ->
    [one] { $count } partie reste à rédiger
   *[other] { $count } parties restent à rédiger
}
operator-pm-published = Publié, { $at } : chaque changement se voit aussitôt.
operator-pm-page = La page que tout le monde voit
operator-pm-publish = Publier le post-mortem
operator-pm-withdraw = Le retirer
operator-pm-edit = Rédiger cette partie
operator-pm-write = Enregistrer cette partie
operator-pm-again = La refaire à partir des mesures
operator-pm-unmeasured = Les résultats de ce moment ne peuvent pas être lus pour l’instant : ce qu’ils disent manque ci-dessous
operator-plan = Prévoir une maintenance
operator-plan-text = Elle est annoncée 48 heures avant. Les mesures continuent, et sa durée ne compte pas dans la disponibilité.
operator-plan-it = Prévoir
operator-description-in = Ce qu’il faut savoir, { $language ->
    [fr] en français
   *[other] en anglais
}
operator-description-hint = En Markdown. Peut rester vide.
operator-concerns = Services concernés
operator-scope-all = Tous les services, aussi ceux à venir
operator-scope-group = Tout le groupe { $name }, aussi ses services à venir
operator-scope-some = Certains de ses services seulement
operator-once = Une fois
operator-starts-at = Début
operator-ends-at = Fin
operator-ends-hint = Au plus sept jours plus tard.
operator-again = Ou régulièrement
operator-cron = Début, chaque fois
operator-cron-hint = Seconde, minute, heure, jour, mois, jour de semaine : « 0 0 3 * * TUE » est chaque mardi à 3 h, { $zone }.
operator-duration = Durée
operator-duration-hint = Par exemple 45m ou 1h 30m.
operator-change = Modifier cette maintenance
operator-cancel = Annuler cette maintenance
operator-begin = Commencer maintenant, en avance
operator-end = Terminer maintenant, en avance
operator-text-usual = En Markdown. Laissé vide, la phrase habituelle est publiée.
operator-extent = Lesquelles
operator-extent-one = celle-ci seulement
operator-extent-series = celle-ci et toutes les suivantes
operator-repeats = Elle revient régulièrement : ce que vous changez ne concerne que celle-ci.
operator-cancelled = Annulée, { $at }
operator-field-duration = Ce n’est pas une durée comme 45m ou 1h 30m
operator-field-once-and-again = Une fois ou régulièrement : videz les heures ou cette ligne
operator-unknown-maintenance = Cette maintenance n’existe plus
operator-unknown-group = Le groupe « { $name } » n’existe plus
operator-concerns-nobody = Elle ne concerne personne : choisissez au moins un service, un groupe ou tout
operator-mt-changed = Quelqu’un a été plus rapide, ou son heure est venue : rien de vous n’a été publié. Son état est ci-dessous ; vos mots sont toujours dans le formulaire
operator-mt-over = Cette maintenance est finie : prévoyez-en une autre
operator-mt-begun = Cette maintenance a commencé : terminez-la, ou changez sa fin
operator-mt-not-begun = Cette maintenance n’a pas commencé : annulez-la, ou changez ses heures
operator-mt-no-series = Elle ne revient pas : annulez celle-ci seulement
operator-mt-in-file = Elle est prévue dans le fichier de réglages : retirez-la de là, ou annulez celle-ci seulement
operator-mt-twin = La même est déjà prévue
operator-mt-wrong-stage = Tant qu’elle dure, elle est en cours ou en vérification
operator-mt-start-past = Cette heure est passée : ce qui a été mesuré depuis reste tel quel
operator-mt-end-past = Cette heure est passée : donnez une heure à venir
operator-mt-far = C’est dans plus de deux ans : vérifiez l’année
operator-mt-backwards = Elle finit avant de commencer : vérifiez les deux heures
operator-mt-too-short = Elle dure moins d’une minute : donnez-lui le temps qu’il faut
operator-mt-too-long = Elle dure plus de 7 jours : prévoyez-en plusieurs, pour que rien ne se taise parce qu’on l’a oublié
operator-mt-no-seconds = Les secondes d’abord : « { $line } »
operator-mt-no-line = Ce n’est pas une ligne de six champs comme « 0 0 3 * * TUE », chaque mardi à 3 h
operator-mt-never = Elle ne revient jamais : retirez l’année
operator-mt-overlapping = Elle dure { $duration } et revient après { $distance } : qu’elle dure moins ou revienne moins souvent
operator-mt-too-often = Elle revient toutes les { $distance } : au plus une fois par heure
alarm-nothing = Rien à prendre en charge
alarm-over = C’est terminé. Il n’y a rien à faire ici.
alarm-broken = Ce lien ne mène à rien
alarm-broken-text = Il est incomplet, ou n’est plus valable. Ouvrez-le depuis le message lui-même, ou voyez ici ce qui ne va pas.
alarm-taken = Vous vous en occupez. Toutes les personnes prévenues l’apprennent, et plus personne n’est réveillé.
alarm-taken-by = { $name } s’en occupe ({ $at }).
alarm-text = Par ce bouton vous dites : j’ai vu et je m’en occupe. Les rappels cessent, et personne d’autre n’est appelé.
alarm-take = Je m’en occupe
alarm-unavailable = Cela n’a pas pu être enregistré. Veuillez réessayer dans une minute.
alarm-fault = Défaut de la surveillance
alarm-page = Ce que voient les visiteurs
alarm-operators = Continuer comme opérateur
alarm-drill = Exercice : ce message est-il lu ?
attempts = Qui a été prévenu
attempt-when = Quand
attempt-channel = Canal
attempt-what = Message
attempt-outcome = Résultat
attempt-taken = remis
attempt-refused = non remis :
attempt-message = { $what ->
    [down] début
    [grown] aggravation
    [overdue] information attendue
    [reminder] rappel
    [acknowledged] prise en charge
    [recovered] rétablissement
    [was_down] panne terminée
   *[other] { $what }
}
