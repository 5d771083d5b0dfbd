### Courriels aux abonnés : le formulaire, où mènent les lettres, et ce qui est fait des données. Espaces insécables comme dans fr.ftl.

## Demander

subscribe = Être prévenu par courriel
subscribe-about = Un courriel quand un service de { $site } est en panne, quand il y a du nouveau, quand il remarche, et avant une maintenance.
subscribe-lead = Un courriel quand une panne commence, s’étend, quand les opérateurs en disent plus, et quand elle est finie ; un aussi avant, au début et à la fin d’une maintenance prévue. Rien d’autre.
subscribe-already = Déjà abonné ? Indiquez l’adresse : un message apporte un lien pour changer l’abonnement ou y mettre fin.
subscribe-email = Adresse électronique
subscribe-email-hint = Par exemple nom@exemple.org. Nous y écrivons une fois, et plus jamais tant que vous n’avez pas confirmé.
subscribe-what = Quels services
subscribe-what-hint = Cochez ce que vous utilisez. Rien de coché : tous les services, aussi ceux à venir.
subscribe-group = Tout le groupe { $name }
subscribe-language = Langue des courriels
subscribe-shared = Plusieurs personnes lisent cette boîte
subscribe-shared-hint = Se désabonner demande alors un clic de plus, pour que personne n’y mette fin pour tous par mégarde.
subscribe-trap = Laissez ce champ vide
subscribe-send = Envoyez-moi le lien de confirmation
subscribe-sent = Regardez maintenant votre boîte
subscribe-sent-text = Si l’adresse est correcte, un message part. Il contient un lien de confirmation ; si l’adresse est déjà abonnée, un lien pour changer l’abonnement ou y mettre fin. Sans ce lien, rien ne se passe.
subscribe-sent-wait = Rien au bout de dix minutes ? Regardez parmi les indésirables, puis recommencez.

## Pourquoi un formulaire n’a pas été pris

subscribe-not-address = Ce n’est pas une adresse électronique. Écrivez-la comme nom@exemple.org.
subscribe-quoted = Les adresses avec des guillemets ne sont pas prises. Écrivez-la comme nom@exemple.org.
subscribe-foreign-letters = Avant le @, seuls des lettres sans accent, des chiffres et quelques signes arrivent partout. Prenez une autre adresse.
subscribe-too-long = C’est plus long que toute adresse électronique. Vérifiez ce qui a été saisi.
subscribe-role = Une telle adresse ne s’abonne pas : elle est à une machine ou à ceux qui en gèrent le courrier. Prenez-en une que lit une personne.
subscribe-own-domain = Cette adresse est chez nous : un avis de panne ne doit pas passer par ce qui peut être en panne. Prenez-en une ailleurs.
subscribe-domain = Ce qui suit le @ n’est pas un nom de serveur de courrier. Cherchez-y une faute de frappe.
subscribe-no-service = Un service choisi n’existe plus. Regardez le choix ci-dessous et envoyez de nouveau.
subscribe-hasty = C’était très rapide, comme le sont les robots. Tout va bien : envoyez encore une fois.
subscribe-stale = Ce formulaire était ouvert depuis longtemps, ou cette page a redémarré entre-temps. Rien n’est perdu : envoyez encore une fois.
subscribe-wait = Beaucoup de demandes sont venues de votre réseau. Réessayez dans { $span }.
subscribe-closed = Énormément de demandes arrivent : le formulaire est fermé pour un moment, afin de ne pas servir à inonder des boîtes. Rien n’est parti ; réessayez dans { $span }.
subscribe-unavailable = Les abonnements ne peuvent être ni pris ni changés en ce moment ; la faute est chez nous et les opérateurs le savent. Rien n’a été changé ; réessayez plus tard.
subscribe-unreadable = Ce qui a été envoyé n’est pas un de nos formulaires, ou plus grand que tous. Rien n’a été changé : rouvrez la page et recommencez.

## Là où aucun courriel ne part

subscribe-none = Ici, pas de courriel
subscribe-none-text = { $site } ne propose pas d’avis par courriel. Ceci dit la même chose, sans adresse ni compte :
subscribe-feed = Flux ({ $format })
subscribe-calendar = Les maintenances en calendrier

## Ce qui est fait des données

privacy = Vos données
privacy-controller = Qui en répond
privacy-purpose = À quoi elles servent
privacy-purpose-text = À vous prévenir par courriel des pannes et des maintenances, parce que vous le demandez : votre consentement (RGPD, article 6, 1, a). Chaque courriel contient un lien pour le retirer.
privacy-kept = Ce qui est gardé
privacy-kept-text = L’adresse (chiffrée), la langue, ce que vous choisissez, quand vous avez demandé et confirmé et selon quelle version de ce texte, les heures des derniers courriels, et les refus de votre serveur de courrier. Ni pixel, ni lien suivi, ni cookie : nous ne savons pas si vous lisez un courriel. Le réseau d’où vous demandez est compté contre les abus, en mémoire seulement.
privacy-long = Combien de temps
privacy-long-text = Une demande non confirmée : 7 jours. Un abonnement : jusqu’à ce que vous partiez ; il est alors effacé aussitôt. Une adresse qui refuse nos courriels : 90 jours. Qui part, ou demande à ne plus jamais recevoir de message, laisse une empreinte de l’adresse (un condensat à clé) : sans elle nous ne pourrions pas tenir parole.
privacy-who = Qui les reçoit
privacy-who-text = Personne d’autre que ceux qui exploitent ce service et les serveurs de courrier qui distribuent.
privacy-rights = Vos droits
privacy-rights-text = Voir, corriger, emporter et effacer ce qui est gardé : le formulaire ci-dessus vous envoie un lien pour le faire vous-même, ou écrivez à { $address }. Vous pouvez vous plaindre à l’autorité de protection des données : en France, la

## Derrière les liens des lettres

subscription-all = tous les services
subscription-group = le groupe { $name }
subscription-is = Abonnement : { $scope }.
subscription-confirm = Il manque un clic
subscription-confirm-text = Confirmez que { $address } doit être prévenu par courriel des pannes et des maintenances.
subscription-confirm-do = M’abonner
subscription-not-me = Ce n’était pas vous ? Alors ne faites rien : la demande s’oublie d’elle-même. L’autre lien du message nous empêche de vous écrire à nouveau.
subscription-confirmed = Vous êtes abonné
subscription-confirmed-text = Désormais vous êtes prévenu par courriel. Chaque courriel contient un lien pour se désabonner ; le formulaire vous en envoie un pour changer ce que vous avez choisi.
subscription-refuse = Ce n’était pas vous ?
subscription-refuse-text = Alors faites que nous n’écrivions plus jamais à cette adresse, qui que ce soit qui le demande. Un abonnement qu’elle aurait prend fin aussi.
subscription-refuse-do = Ne plus jamais m’écrire
subscription-refused = Nous n’écrirons plus
subscription-refused-text = L’adresse est effacée. Seule une empreinte en est gardée, pour que personne ne puisse l’abonner.
subscription-manage = Votre abonnement
subscription-since = Confirmé { $when }.
subscription-quarantined = Votre serveur de courrier a refusé nos messages : nous n’en envoyons plus. Pour reprendre, abonnez-vous de nouveau par le formulaire.
subscription-save = Enregistrer
subscription-saved = C’est changé.
subscription-export = L’emporter
subscription-export-text = Tout ce qui est gardé de cette adresse, en un fichier (JSON).
subscription-export-do = Télécharger mes données
subscription-leave = Se désabonner
subscription-leave-text = Les courriels cessent aussitôt, et l’adresse est effacée.
subscription-leave-shared = Plusieurs personnes lisent cette boîte : les courriels cessent pour toutes.
subscription-leave-do = Ne plus recevoir ces courriels
subscription-left = Vous n’êtes plus abonné
subscription-left-text = Plus aucun courriel ne part ; un message déjà en route peut encore arriver. L’adresse est effacée. Seule une empreinte en est gardée, pour qu’aucune liste ne la ramène.
subscription-gone = Ce lien ne marche pas
subscription-gone-text = Si vous venez de cliquer deux fois, tout est fait. Sinon, il a déjà servi, il est trop vieux, ou un plus récent l’a remplacé : un lien de confirmation sert une fois, dans les 24 heures, un lien de gestion pendant 30 minutes. Indiquez votre adresse dans le formulaire, et un message en apporte un nouveau.
subscription-new = Demander un nouveau lien
